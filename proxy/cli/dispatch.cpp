#include <CLI/CLI.hpp>
#include <filesystem>
#include <functional>
#include <string>

#include "cli/check.h"
#include "cli/commands.h"
#include "cli/login.h"
#include "cli/probe.h"
#include "cli/run.h"
#include "cli/sandbox.h"
#include "cli/secret.h"
#include "platform/default_paths.h"

namespace truerelay::cli {
namespace {

// --config, the same for every command that has it.
void add_config(CLI::App& command, std::string& file) {
  command.add_option("--config", file, "The main configuration file")->capture_default_str();
}

// `truerelay secret` and what it can do. What was typed is put into `request`, and which of them it
// was into `chosen`.
void add_secret(CLI::App& app, std::string& config, SecretRequest& request,
                std::function<int(const SecretRequest&)>& chosen) {
  CLI::App* secret = app.add_subcommand("secret", "The vault: secrets that no file shows");
  secret->require_subcommand(1);
  secret->footer(
      "Values are typed at a prompt or come on standard input, never on the command line.");
  const auto add = [&](CLI::App& parent, const char* name, const char* what,
                       int (*command)(const SecretRequest&)) {
    CLI::App* added = parent.add_subcommand(name, what);
    add_config(*added, config);
    added->add_option("--passphrase-file", request.passphrase_file,
                      "The file with the passphrase of the vault, where it has one");
    added->callback([&chosen, command] { chosen = command; });
    return added;
  };
  const auto add_named = [&](CLI::App& parent, const char* name, const char* what,
                             int (*command)(const SecretRequest&)) {
    CLI::App* added = add(parent, name, what, command);
    added->add_option("NAME", request.name, "Its name")->required();
    return added;
  };
  add(*secret, "init", "Make the vault, and a key for it", secret_init)
      ->add_flag("--passphrase", request.with_passphrase,
                 "Seal it with a passphrase, not with a key");
  CLI::App* set = add_named(*secret, "set", "Write a secret, or write over it", secret_set);
  set->add_option(
      "--kind", request.kind,
      "password, client_secret, refresh_token, private_key or certificate; without it as "
      "it was, or a password");
  set->add_option("--expires", request.expires, "The day on which it expires: 2026-12-31");
  add(*secret, "list", "Names, kinds, ages and days of expiry; no values", secret_list);
  add_named(*secret, "remove", "Remove a secret", secret_remove);
  add(*secret, "rotate-key", "Seal the vault with a new key, or a new passphrase",
      secret_rotate_key)
      ->add_option("--new-passphrase-file", request.new_passphrase_file,
                   "The file with the passphrase from now on");
  CLI::App* user = secret->add_subcommand("user", "Who may log in at a listener with \"auth\"");
  user->require_subcommand(1);
  add_named(*user, "add", "Make a user, or give one another password", secret_user_add);
  add_named(*user, "remove", "Remove a user", secret_user_remove);
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

  LoginRequest login_request;
  CLI::App* login_command = app.add_subcommand(
      "login", "Let a person consent to OAuth, with a device code or in a browser");
  add_config(*login_command, config);
  login_command->add_option("UPSTREAM", login_request.upstream, "Its name in the configuration")
      ->required();
  login_command->add_flag("--browser", login_request.browser,
                          "In a browser, also where the provider has device codes");

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

  SecretRequest secret_request;
  std::function<int(const SecretRequest&)> secret_command;
  add_secret(app, config, secret_request, secret_command);

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
  if (secret_command) {
    secret_request.config_file = config;
    return secret_command(secret_request);
  }
  if (login_command->parsed()) {
    login_request.config_file = config;
    return login(login_request);
  }
  return sandbox(sandbox_request);
}

}  // namespace truerelay::cli
