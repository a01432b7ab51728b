#include <fmt/compile.h>

#include <algorithm>

#include "base/ascii.h"
#include "smtp/command_parsers.h"
#include "smtp/decimal.h"
#include "smtp/parameters.h"
#include "smtp/xtext.h"

// MAIL (RFC 5321 section 4.1.1.2): parsed, and written again from its values.

namespace truerelay::smtp {
namespace {

constexpr std::size_t kMostSizeDigits = 20;  // RFC 1870 section 3
constexpr std::size_t kLongestEnvid = 100;   // RFC 3461 section 4.4

using Read = std::expected<void, Reply>;

Read read_size(Mail& mail, std::string_view value) {
  const std::expected<std::uint64_t, std::errc> size = parse_decimal(value);
  if (!size) {
    if (size.error() == std::errc::result_out_of_range && value.size() <= kMostSizeDigits) {
      return refuse(552, "5.3.4 A message of that size cannot be taken");
    }
    return refuse(501, "5.5.4 SIZE takes a number of octets: SIZE=1000");
  }
  mail.size = *size;
  return {};
}

Read read_body(Mail& mail, std::string_view value) {
  if (ascii_equal(value, "7BIT")) {
    mail.body = Body::seven_bit;
  } else if (ascii_equal(value, "8BITMIME")) {
    mail.body = Body::eight_bit_mime;
  } else {
    return refuse(501, "5.5.4 BODY is 7BIT or 8BITMIME here");
  }
  return {};
}

Read read_smtp_utf8(Mail& mail, std::string_view value) {
  if (!value.empty()) {
    return refuse(501, "5.5.4 SMTPUTF8 takes no value");
  }
  mail.smtp_utf8 = true;
  return {};
}

Read read_ret(Mail& mail, std::string_view value) {
  if (ascii_equal(value, "FULL")) {
    mail.ret = Return::full;
  } else if (ascii_equal(value, "HDRS")) {
    mail.ret = Return::headers;
  } else {
    return refuse(501, "5.5.4 RET is FULL or HDRS");
  }
  return {};
}

Read read_envid(Mail& mail, std::string_view value) {
  std::optional<std::string> envid = decode_xtext(value);
  if (!envid || envid->empty() || value.size() > kLongestEnvid ||
      !std::ranges::all_of(*envid, [](char c) { return c >= ' ' && c <= '~'; })) {
    return refuse(501, "5.5.4 ENVID takes up to 100 characters of xtext that stand for ASCII");
  }
  mail.envid = std::move(envid);
  return {};
}

// Who authenticated the message, as the client says: not repeated, since the relay cannot know.
Read read_auth(Mail&, std::string_view value) {
  if (value.empty() || !is_xtext(value)) {  // "<>" is xtext by its shape.
    return refuse(501, "5.5.4 AUTH takes <> or a mailbox in xtext");
  }
  return {};
}

struct Reader {
  std::string_view keyword;
  Read (*read)(Mail& mail, std::string_view value);  // An absent value is given as "".
};
constexpr Reader kReaders[] = {
    {"SIZE", read_size}, {"BODY", read_body},   {"SMTPUTF8", read_smtp_utf8},
    {"RET", read_ret},   {"ENVID", read_envid}, {"AUTH", read_auth},
};

}  // namespace

ParsedCommand parse_mail(std::string_view argument) {
  std::optional<std::string_view> rest = after_keyword(argument, "FROM");
  if (!rest) {
    return refuse(501, "5.5.4 MAIL FROM:<address> is expected");
  }
  std::expected<Path, Reply> path = parse_path(*rest, PathKind::reverse);
  if (!path) {
    return std::unexpected(std::move(path).error());
  }
  Mail mail;
  mail.reverse_path = *std::move(path);
  std::expected<std::vector<Parameter>, Reply> parameters = split_parameters(*rest);
  if (!parameters) {
    return std::unexpected(std::move(parameters).error());
  }
  for (const Parameter& parameter : *parameters) {
    const auto reader = std::ranges::find_if(
        kReaders, [&parameter](const Reader& known) { return parameter.is(known.keyword); });
    if (reader == std::end(kReaders)) {
      return unknown_parameter(parameter);
    }
    Read read = reader->read(mail, parameter.value.value_or(""));
    if (!read) {
      return std::unexpected(std::move(read).error());
    }
  }
  return mail;
}

std::string serialize(const Mail& mail, const Capabilities& upstream) {
  std::string line = fmt::format(FMT_COMPILE("MAIL FROM:<{}>"), mail.reverse_path.text());
  if (mail.size && upstream.size_offered) {
    line += fmt::format(FMT_COMPILE(" SIZE={}"), *mail.size);
  }
  if (mail.body && upstream.eight_bit_mime) {
    line += *mail.body == Body::seven_bit ? " BODY=7BIT" : " BODY=8BITMIME";
  }
  if (mail.smtp_utf8 && upstream.smtp_utf8) {
    line += " SMTPUTF8";
  }
  if (mail.ret && upstream.dsn) {
    line += *mail.ret == Return::full ? " RET=FULL" : " RET=HDRS";
  }
  if (mail.envid && upstream.dsn) {
    line += fmt::format(" ENVID={}", encode_xtext(*mail.envid));
  }
  line += "\r\n";
  return line;
}

}  // namespace truerelay::smtp
