#include "auth/credentials.h"

namespace truerelay::auth {

Credentials Credentials::copy() const {
  return {.kind = kind, .user = user, .secret = Redacted(std::string(secret.reveal()))};
}

}  // namespace truerelay::auth
