#include <CLI/CLI.hpp>
#include <filesystem>
#include <string>

#include "cli/check.h"
#include "cli/commands.h"
#include "cli/probe.h"
#include "cli/run.h"
#include "cli/sandbox.h"
#include "platform/default_paths.h"

namespace truerelay::cli {
namespace {

// --config, the same for every command that has it.
void add_config(CLI::App& command, std::string& file) {
  command.add_option("--config", file, "The main configuration file")->capture_default_str();
}

}  // namespace

int dispatch(int argc, char** argv) {
  CLI::App app("A TLS-wrapping SMTP relay that gives back the upstream's own answers.",
               "truerelay");
  app.set_version_flag("--version", "truerelay " TRUERELAY_VERSION);
  app.require_subcommand(1);
  std::string config = platform::default_config_file().string();

  CLI::App* run_command = app.add_subcommand("run", "The service, in the foreground");
  add_config(*run_command, config);

  CLI::App* check_command =
      app.add_subcommand("check", "Check the configuration: each error with file, line and column");
  add_config(*check_command, config);

  ProbeRequest probe_request;
  CLI::App* probe_command =
      app.add_subcommand("probe", "Try an upstream step by step: DNS, TCP, TLS, EHLO, AUTH");
  add_config(*probe_command, config);
  probe_command->add_option("UPSTREAM", probe_request.upstream, "Its name in the configuration")
      ->required();

  SandboxRequest sandbox_request;
  CLI::App* sandbox_command =
      app.add_subcommand("sandbox", "A practice upstream with TLS and AUTH, that delivers nothing");
  sandbox_command->footer(sandbox_orders());
  sandbox_command
      ->add_option("--port", sandbox_request.starttls_port, "The port with STARTTLS; 0: any free")
      ->capture_default_str();
  sandbox_command
      ->add_option("--tls-port", sandbox_request.implicit_port,
                   "The port with implicit TLS; 0: any free")
      ->capture_default_str();
  sandbox_command
      ->add_option("--certs", sandbox_request.certs,
                   "The folder for the practice authority, made where it is missing")
      ->capture_default_str();
  sandbox_command
      ->add_option("--mail", sandbox_request.mail,
                   "The folder for accepted messages and the ledger")
      ->capture_default_str();
  sandbox_command->add_option("--user", sandbox_request.user, "Who may log in")
      ->capture_default_str();
  sandbox_command->add_option("--password-file", sandbox_request.password_file,
                              "The file with the password; without it any password is right");

  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {  // --help and --version come here, too.
    return app.exit(error) == 0 ? kDone : kUsage;
  }

  if (run_command->parsed()) {
    return run(config);
  }
  if (check_command->parsed()) {
    return check(config);
  }
  if (probe_command->parsed()) {
    probe_request.config_file = config;
    return probe(probe_request);
  }
  return sandbox(sandbox_request);
}

}  // namespace truerelay::cli
