#include "smtp/path.h"

#include <fmt/core.h>

#include <algorithm>

#include "base/ascii.h"
#include "smtp/utf8.h"

namespace truerelay::smtp {
namespace {

// RFC 5321 section 4.5.3.1.1 to .3.
constexpr std::size_t kLongestLocalPart = 64;
constexpr std::size_t kLongestDomain = 255;
constexpr std::size_t kLongestPath = 256;

bool non_ascii(char c) { return static_cast<unsigned char>(c) >= 0x80; }

// atext of RFC 5322 section 3.2.3, and what RFC 6531 adds to it.
bool atom_character(char c) {
  return ascii_alpha(c) || ascii_digit(c) || non_ascii(c) ||
         std::string_view("!#$%&'*+-/=?^_`{|}~").contains(c);
}

bool dot_string(std::string_view text) {
  return !text.empty() && text.front() != '.' && text.back() != '.' && !text.contains("..") &&
         std::ranges::all_of(text, [](char c) { return c == '.' || atom_character(c); });
}

// Labels of letters, digits, hyphens; underscores because they are seen, UTF-8 for RFC 6531.
bool domain_name(std::string_view text) {
  return !text.empty() && text.front() != '.' && text.back() != '.' && !text.contains("..") &&
         std::ranges::all_of(text, [](char c) {
           return c == '.' || c == '-' || c == '_' || ascii_alpha(c) || ascii_digit(c) ||
                  non_ascii(c);
         });
}

// "[192.0.2.1]", "[IPv6:2001:db8::1]" (RFC 5321 section 4.1.3); what it means is the upstream's to
// judge.
bool address_literal(std::string_view text) {
  return text.size() > 2 && text.starts_with('[') && text.ends_with(']') &&
         std::ranges::all_of(text.substr(1, text.size() - 2), [](char c) {
           return ascii_alpha(c) || ascii_digit(c) || c == '.' || c == ':' || c == '-';
         });
}

bool valid_domain(std::string_view text) { return domain_name(text) || address_literal(text); }

// A failure is a clause that says what is wrong, for the text of the reply.
using Reason = std::string_view;
template <class T>
using Parsed = std::expected<T, Reason>;

// "@relay.example,@other.example:" (RFC 5321 appendix C): checked and dropped.
Parsed<void> skip_source_route(std::string_view& rest) {
  if (!rest.starts_with('@')) {
    return {};
  }
  const std::size_t end = rest.find(':');
  if (end == std::string_view::npos) {
    return std::unexpected("the local part is missing");
  }
  std::string_view route = rest.substr(0, end);
  while (!route.empty()) {
    const std::string_view hop = route.substr(0, route.find(','));
    if (!hop.starts_with('@') || !domain_name(hop.substr(1))) {
      return std::unexpected("the source route is malformed");
    }
    route.remove_prefix(std::min(hop.size() + 1, route.size()));
  }
  rest.remove_prefix(end + 1);
  return {};
}

Parsed<std::string> take_quoted_string(std::string_view& rest) {
  std::string value;
  for (std::size_t i = 1; i < rest.size(); ++i) {
    char c = rest[i];
    if (c == '"') {
      rest.remove_prefix(i + 1);
      return value;
    }
    if (c == '\\' && i + 1 < rest.size()) {
      c = rest[++i];
    }
    if (ascii_control(c)) {
      return std::unexpected("the local part has a control byte");
    }
    value += c;
  }
  return std::unexpected("the quoted local part does not end");
}

std::string_view take_while(std::string_view& rest, bool (*wanted)(char)) {
  const auto end = std::ranges::find_if_not(rest, wanted);
  const std::string_view taken = rest.substr(0, static_cast<std::size_t>(end - rest.begin()));
  rest.remove_prefix(taken.size());
  return taken;
}

Parsed<std::string> take_local_part(std::string_view& rest) {
  if (rest.starts_with('"')) {
    return take_quoted_string(rest);
  }
  const std::string_view taken =
      take_while(rest, [](char c) { return c == '.' || atom_character(c); });
  if (taken.empty()) {
    return std::unexpected("the local part is missing or needs quotes");
  }
  return std::string(taken);
}

Parsed<Path> take_mailbox(std::string_view& rest, PathKind kind) {
  Path path;
  Parsed<std::string> local_part = take_local_part(rest);
  if (!local_part) {
    return std::unexpected(local_part.error());
  }
  path.local_part = *std::move(local_part);
  if (rest.starts_with('@')) {
    rest.remove_prefix(1);
    path.domain = take_while(rest, [](char c) { return c != '>' && c != ' '; });
    if (!valid_domain(path.domain)) {
      return std::unexpected("the domain is malformed");
    }
  } else if (kind == PathKind::reverse || !ascii_equal(path.local_part, "postmaster")) {
    return std::unexpected("\"@\" and a domain are expected after the local part");
  }

  if (path.local_part.size() > kLongestLocalPart) {
    return std::unexpected("the local part is longer than 64 octets");
  }
  if (path.domain.size() > kLongestDomain || path.text().size() + 2 > kLongestPath) {
    return std::unexpected("the path is longer than 256 octets");
  }
  if (!well_formed_utf8(path.local_part) || !well_formed_utf8(path.domain)) {
    return std::unexpected("what is not ASCII is not UTF-8 either");
  }
  return path;
}

Parsed<Path> take_path(std::string_view& rest, PathKind kind) {
  const bool bracketed = rest.starts_with('<');
  if (bracketed) {
    rest.remove_prefix(1);
  }
  Path path;
  const bool null = bracketed && rest.starts_with('>');
  if (null && kind == PathKind::forward) {
    return std::unexpected("a recipient is expected");
  }
  if (!null) {
    const Parsed<void> route = skip_source_route(rest);
    if (!route) {
      return std::unexpected(route.error());
    }
    Parsed<Path> mailbox = take_mailbox(rest, kind);
    if (!mailbox) {
      return mailbox;
    }
    path = *std::move(mailbox);
  }
  if (bracketed) {
    if (!rest.starts_with('>')) {
      return std::unexpected("\">\" is expected after the address");
    }
    rest.remove_prefix(1);
  }
  if (!rest.empty() && !rest.starts_with(' ')) {
    return std::unexpected("a space or the end of the line is expected after the address");
  }
  rest.remove_prefix(std::min<std::size_t>(1, rest.size()));
  return path;
}

}  // namespace

bool Path::needs_smtp_utf8() const {
  return std::ranges::any_of(local_part, non_ascii) || std::ranges::any_of(domain, non_ascii);
}

std::string Path::text() const {
  if (null()) {
    return {};
  }
  std::string text;
  text.reserve(local_part.size() + 1 + domain.size());
  if (dot_string(local_part)) {
    text = local_part;
  } else {
    text = '"';
    for (const char c : local_part) {
      if (c == '"' || c == '\\') {
        text += '\\';
      }
      text += c;
    }
    text += '"';
  }
  if (!domain.empty()) {
    text += '@';
    text += domain;
  }
  return text;
}

std::expected<Path, Reply> parse_path(std::string_view& rest, PathKind kind) {
  Parsed<Path> path = take_path(rest, kind);
  if (!path) {
    return kind == PathKind::reverse
               ? refuse(501, fmt::format("5.1.7 Bad reverse-path: {}", path.error()))
               : refuse(501, fmt::format("5.1.3 Bad forward-path: {}", path.error()));
  }
  return *std::move(path);
}

}  // namespace truerelay::smtp
