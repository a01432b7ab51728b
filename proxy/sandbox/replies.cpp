#include "sandbox/replies.h"

#include <fmt/core.h>

#include <array>
#include <span>
#include <string>
#include <vector>

#include "sandbox/orders.h"

namespace truerelay::sandbox {
namespace {

struct Wording {
  int code;
  std::string_view text;
};

constexpr std::array kSender = {
    Wording{421, "4.7.0 Try again later, closing connection."},
    Wording{451, "4.7.500 Server busy. Please try again later"},
    Wording{452, "4.3.1 Insufficient system resources"},
    Wording{501, "5.1.7 Invalid address"},
    Wording{550, "5.7.60 SMTP; Client does not have permissions to send as this sender"},
    Wording{552, "5.3.4 Message size exceeds fixed maximum message size"},
    Wording{553, "5.7.1 Sender address rejected: not owned by user"},
    Wording{554, "5.7.1 Sender address rejected: Access denied"},
};

constexpr std::array kRecipient = {
    Wording{421, "4.7.0 Try again later, closing connection."},
    Wording{450, "4.2.1 The user you are trying to contact is receiving mail too quickly"},
    Wording{451, "4.7.1 Greylisting in action, please come back later"},
    Wording{452, "4.2.2 The recipient's inbox is out of storage space"},
    Wording{550, "5.1.1 User unknown in virtual mailbox table"},
    Wording{551, "5.1.6 User not local; the mailbox has moved"},
    Wording{552, "5.2.2 Mailbox full"},
    Wording{553, "5.1.3 Recipient address syntax is not acceptable here"},
    Wording{554, "5.7.1 Relay access denied"},
};

constexpr std::array kData = {
    Wording{421, "4.3.2 Service not available, closing transmission channel"},
    Wording{432, "4.3.2 Concurrent connections limit exceeded [Hostname=sandbox]"},
    Wording{451, "4.7.500 Server busy. Please try again later"},
    Wording{452, "4.3.1 Insufficient system storage"},
    Wording{550, "5.7.1 Message rejected as spam by content filtering"},
    Wording{552, "5.3.4 Message size exceeds fixed limit"},
};

std::span<const Wording> wordings(Stage stage) {
  switch (stage) {
    case Stage::sender:
      return kSender;
    case Stage::recipient:
      return kRecipient;
    case Stage::data:
      return kData;
  }
  return {};
}

// What Office 365 says of a mailbox that may not send, which is the longest reply to be expected
// from it.
std::vector<std::string> submission_exception() {
  return {
      "5.2.0 STOREDRV.Submission.Exception:SendAsDeniedException.MapiExceptionSendAsDenied;",
      "5.2.0 Failed to process message due to a permanent exception with message",
      "5.2.0 Cannot submit message. 0.35250:0A00F386, 1.36674:0A000000, 1.61250:00000000,",
      "5.2.0 16.55847:B4040000, 17.43559:0000000000000000, 20.52176:140FA2890A00F010",
      "5.2.0 [Hostname=sandbox]",
  };
}

}  // namespace

smtp::Reply ordered_reply(int code, Stage stage) {
  if (stage == Stage::data && code == 554) {
    return {code, submission_exception()};
  }
  for (const Wording& wording : wordings(stage)) {
    if (wording.code == code) {
      return {code, std::string(wording.text)};
    }
  }
  return {code, fmt::format("{}.0.0 The address ordered this reply", code / 100)};
}

smtp::Reply accepted_reply(const Settings& settings, const Envelope& envelope) {
  return {250, fmt::format("2.6.0 <{}-{}@{}> Queued mail for delivery", envelope.connection,
                           envelope.transaction, settings.hostname)};
}

smtp::Reply help_reply() {
  std::vector<std::string> lines = {
      "2.0.0 This is a practice server: mail that it accepts goes nowhere.",
      "2.0.0 EHLO HELO STARTTLS AUTH MAIL RCPT DATA BDAT RSET NOOP VRFY HELP QUIT",
      "2.0.0 The local part of a recipient orders what happens:",
  };
  for (const OrderDescription& order : order_descriptions()) {
    lines.push_back(fmt::format("2.0.0 {:<18} {}", order.pattern, order.effect));
  }
  lines.emplace_back("2.0.0 Every other recipient is accepted.");
  return {214, std::move(lines)};
}

}  // namespace truerelay::sandbox
