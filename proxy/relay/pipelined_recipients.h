#pragma once

#include <cstddef>
#include <vector>

#include "relay/client.h"
#include "smtp/command.h"

namespace truerelay::relay {

// `first` and the recipients that the client has sent right behind it (RFC 2920), at most `most` in
// all: they go upstream in one flight. Whatever else comes is left where it is.
[[nodiscard]] std::vector<smtp::Recipient> take_recipients(smtp::Recipient first, Client& client,
                                                           std::size_t most);

}  // namespace truerelay::relay
