#include "relay/pipelined_recipients.h"

#include <utility>
#include <variant>

#include "base/ascii.h"

namespace truerelay::relay {

std::vector<smtp::Recipient> take_recipients(smtp::Recipient first, Client& client,
                                             std::size_t most) {
  std::vector<smtp::Recipient> recipients;
  recipients.push_back(std::move(first));
  while (recipients.size() < most) {
    const std::optional<std::string_view> line = client.line();
    if (!line || !ascii_starts_with(*line, "RCPT")) {
      break;
    }
    std::expected<smtp::Command, smtp::Reply> command = smtp::parse_command(*line);
    if (!command || !std::holds_alternative<smtp::Recipient>(*command)) {
      break;
    }
    client.consume(*line);
    recipients.push_back(std::get<smtp::Recipient>(*std::move(command)));
  }
  return recipients;
}

}  // namespace truerelay::relay
