#include "config/presets.h"

#include <algorithm>
#include <array>

namespace truerelay::config {
namespace {

// TLS from the first byte is taken where it is offered: it saves two round trips (RFC 8314).
// Limits are those that hold for every customer; what depends on a contract is not known here.
// Exchange Online, of which Outlook.com is a part: 3 connections that send at once (432 4.3.2) and
// 30 messages a minute (421 4.4.2) for a mailbox.
constexpr auto kPresets = std::to_array<Preset>({
    {"office365", "smtp.office365.com", "", 587, Tls::starttls, 3, 30},  // Has no port 465.
    {"outlook", "smtp-mail.outlook.com", "", 587, Tls::starttls, 3, 30},
    {"gmail", "smtp.gmail.com", "", 465, Tls::implicit},
    {"gmail-relay", "smtp-relay.gmail.com", "", 587, Tls::starttls},
    {"yahoo", "smtp.mail.yahoo.com", "", 465, Tls::implicit},
    {"icloud", "smtp.mail.me.com", "", 587, Tls::starttls},
    {"ses", "", "email-smtp.eu-central-1.amazonaws.com", 465, Tls::implicit},
    {"sendgrid", "smtp.sendgrid.net", "", 587, Tls::starttls},
    {"mailgun", "smtp.mailgun.org", "", 465, Tls::implicit},
    {"smtp2go", "mail.smtp2go.com", "", 2525, Tls::starttls},
});

}  // namespace

std::span<const Preset> presets() { return kPresets; }

const Preset* find_preset(std::string_view name) {
  const auto found = std::ranges::find(kPresets, name, &Preset::name);
  return found == kPresets.end() ? nullptr : &*found;
}

}  // namespace truerelay::config
