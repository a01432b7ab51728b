#include "relay/failure.h"

namespace truerelay::relay {
namespace {

Failure::Cause cause_of(io::Failure::Kind kind) {
  switch (kind) {
    case io::Failure::Kind::timed_out:
      return Failure::Cause::no_answer;
    case io::Failure::Kind::cancelled:
      return Failure::Cause::stopping;
    case io::Failure::Kind::closed:
    case io::Failure::Kind::reset:
      return Failure::Cause::connection_lost;
    case io::Failure::Kind::name_not_resolved:
      return Failure::Cause::name_not_resolved;
    case io::Failure::Kind::unreachable:
      return Failure::Cause::unreachable;
    case io::Failure::Kind::tls_refused:
      return Failure::Cause::tls_refused;
    case io::Failure::Kind::too_long:
    case io::Failure::Kind::malformed:
      return Failure::Cause::protocol_violation;
    case io::Failure::Kind::proxy_failed:
      return Failure::Cause::proxy_failed;
  }
  return Failure::Cause::connection_lost;
}

}  // namespace

Failure from_io(const io::Failure& failure) {
  return {cause_of(failure.kind), failure.detail, std::nullopt};
}

}  // namespace truerelay::relay
