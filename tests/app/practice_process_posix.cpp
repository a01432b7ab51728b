#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <string>
#include <utility>

#include "tests/app/practice_process.h"
#include "tls/server_context.h"

namespace truerelay::app {
namespace {

// In the child, which ends here.
[[noreturn]] void serve(const PracticeCertificates& certificates, const std::filesystem::path& mail,
                        int report) {
  sandbox::Settings settings;
  settings.hostname = "localhost";
  sandbox::Account account;
  account.user = kUser;
  account.password = Redacted(std::string(kPassword));
  account.token = Redacted(std::string(kToken));
  settings.accounts.push_back(std::move(account));
  auto tls = tls::ServerContext::load(certificates.certificate_file, certificates.key_file);
  if (!tls) {
    _exit(2);
  }
  auto upstream = PracticeUpstream::start(std::move(settings), std::move(*tls), mail, {});
  if (!upstream) {
    _exit(3);
  }
  const PracticeUpstream::Ports ports = (*upstream)->ports();
  if (::write(report, &ports, sizeof ports) != sizeof ports) {
    _exit(4);
  }
  (*upstream)->run();
  _exit(0);
}

}  // namespace

PracticeProcess::PracticeProcess(const Installation& installation,
                                 const std::filesystem::path& mail)
    : mail_(mail) {
  int pipe[2] = {-1, -1};
  if (::pipe(pipe) != 0) {
    ADD_FAILURE() << "no pipe";
    return;
  }
  child_ = ::fork();
  if (child_ == 0) {
    ::close(pipe[0]);
    serve(installation.certificates(), mail, pipe[1]);
  }
  ::close(pipe[1]);
  EXPECT_EQ(::read(pipe[0], &ports_, sizeof ports_), static_cast<ssize_t>(sizeof ports_))
      << "the practice upstream did not start";
  ::close(pipe[0]);
}

PracticeProcess::~PracticeProcess() {
  if (child_ > 0) {
    // It may be between its report and its run(), where a signal ends it in the usual way.
    ::kill(child_, SIGTERM);
    int status = 0;
    ::waitpid(child_, &status, 0);
    EXPECT_TRUE(WIFSIGNALED(status) || WEXITSTATUS(status) == 0);
  }
}

std::size_t PracticeProcess::accepted() const {
  std::size_t count = 0;
  for (const std::filesystem::directory_entry& entry : std::filesystem::directory_iterator(mail_)) {
    count += entry.path().extension() == ".eml" ? 1 : 0;
  }
  return count;
}

}  // namespace truerelay::app
