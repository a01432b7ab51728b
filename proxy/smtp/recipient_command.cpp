#include <fmt/compile.h>

#include <algorithm>

#include "base/ascii.h"
#include "smtp/command_parsers.h"
#include "smtp/parameters.h"
#include "smtp/xtext.h"

// RCPT (RFC 5321 section 4.1.1.3): parsed, and written again from its values.

namespace truerelay::smtp {
namespace {

constexpr std::size_t kLongestOrcpt = 500;  // RFC 3461 section 4.2

using Read = std::expected<void, Reply>;

// RFC 3461 section 4.1.
Read read_notify(Recipient& recipient, std::string_view value) {
  constexpr std::string_view kKnown[] = {"NEVER", "SUCCESS", "FAILURE", "DELAY"};
  while (true) {
    const std::string_view word = value.substr(0, value.find(','));
    const auto known = std::ranges::find_if(
        kKnown, [word](std::string_view name) { return ascii_equal(word, name); });
    const bool usable =
        known != std::end(kKnown) &&
        std::ranges::find(recipient.notify, *known) == recipient.notify.end() &&
        (recipient.notify.empty() || (*known != "NEVER" && recipient.notify.front() != "NEVER"));
    if (!usable) {
      return refuse(501, "5.5.4 NOTIFY is NEVER, or some of SUCCESS,FAILURE,DELAY");
    }
    recipient.notify.emplace_back(*known);
    if (word.size() == value.size()) {
      return {};
    }
    value.remove_prefix(word.size() + 1);
  }
}

// RFC 3461 section 4.2. The address stays encoded: it is nothing that the relay uses, and what it
// decodes to may be anything.
Read read_orcpt(Recipient& recipient, std::string_view value) {
  const std::size_t semicolon = value.find(';');
  const std::string_view type = value.substr(0, semicolon);
  const bool typed = semicolon != std::string_view::npos && !type.empty() &&
                     std::ranges::all_of(
                         type, [](char c) { return ascii_alpha(c) || ascii_digit(c) || c == '-'; });
  const std::string_view address = typed ? value.substr(semicolon + 1) : std::string_view();
  if (address.empty() || value.size() > kLongestOrcpt || !is_xtext(address)) {
    return refuse(501,
                  "5.5.4 ORCPT takes a type and an address in xtext: ORCPT=rfc822;a@x.example");
  }
  recipient.orcpt_type.emplace(type);
  recipient.orcpt_address.emplace(address);
  return {};
}

}  // namespace

ParsedCommand parse_recipient(std::string_view argument) {
  std::optional<std::string_view> rest = after_keyword(argument, "TO");
  if (!rest) {
    return refuse(501, "5.5.4 RCPT TO:<address> is expected");
  }
  std::expected<Path, Reply> path = parse_path(*rest, PathKind::forward);
  if (!path) {
    return std::unexpected(std::move(path).error());
  }
  Recipient recipient;
  recipient.forward_path = *std::move(path);
  std::expected<std::vector<Parameter>, Reply> parameters = split_parameters(*rest);
  if (!parameters) {
    return std::unexpected(std::move(parameters).error());
  }
  for (const Parameter& parameter : *parameters) {
    const std::string_view value = parameter.value.value_or("");
    Read read;
    if (parameter.is("NOTIFY")) {
      read = read_notify(recipient, value);
    } else if (parameter.is("ORCPT")) {
      read = read_orcpt(recipient, value);
    } else {
      return unknown_parameter(parameter);
    }
    if (!read) {
      return std::unexpected(std::move(read).error());
    }
  }
  return recipient;
}

std::string serialize(const Recipient& recipient, const Capabilities& upstream) {
  std::string line = fmt::format(FMT_COMPILE("RCPT TO:<{}>"), recipient.forward_path.text());
  if (upstream.dsn && !recipient.notify.empty()) {
    std::string_view separator = " NOTIFY=";
    for (const std::string& condition : recipient.notify) {
      line += separator;
      line += condition;
      separator = ",";
    }
  }
  if (upstream.dsn && recipient.orcpt_type && recipient.orcpt_address) {
    line += fmt::format(" ORCPT={};{}", *recipient.orcpt_type, *recipient.orcpt_address);
  }
  line += "\r\n";
  return line;
}

}  // namespace truerelay::smtp
