#include "tests/app/refusal_without_descriptors.h"

#include <sys/resource.h>

#include "io/cancellation.h"
#include "io/scope.h"

namespace truerelay::app {
namespace {

io::Task<void> ask(auth::CredentialSource& source, std::optional<auth::Refusal>& refusal) {
  io::Cancellation never;
  std::expected<auth::Credentials, auth::Refusal> credentials =
      co_await source.credentials({}, never);
  if (!credentials) {
    refusal = credentials.error();
  }
}

class NoDescriptors {
 public:
  NoDescriptors() {
    getrlimit(RLIMIT_NOFILE, &before_);
    const rlimit none{0, before_.rlim_max};
    setrlimit(RLIMIT_NOFILE, &none);
  }
  NoDescriptors(const NoDescriptors&) = delete;
  NoDescriptors& operator=(const NoDescriptors&) = delete;
  ~NoDescriptors() { setrlimit(RLIMIT_NOFILE, &before_); }

 private:
  rlimit before_{};
};

}  // namespace

std::optional<auth::Refusal> refusal_without_descriptors(net::Loop& loop,
                                                         auth::CredentialSource& source) {
  io::Scope scope(loop);
  std::optional<auth::Refusal> refusal;
  const NoDescriptors none;
  scope.spawn(ask(source, refusal));
  loop.run();
  return refusal;
}

}  // namespace truerelay::app
