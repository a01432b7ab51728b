#include "tls/certificate_text.h"

#include <fmt/core.h>

#include <chrono>
#include <optional>

#include "base/ascii.h"

namespace truerelay::tls {
namespace {

constexpr std::size_t kLongestName = 256;

std::string name_text(const X509_NAME* name) {
  // RFC 4514 escapes, but UTF-8 as it is: printable() below sees to what is not fit to be shown.
  constexpr unsigned long kFlags =
      XN_FLAG_RFC2253 & ~static_cast<unsigned long>(ASN1_STRFLGS_ESC_MSB);
  const bssl::UniquePtr<BIO> text(BIO_new(BIO_s_mem()));
  const std::uint8_t* bytes = nullptr;
  std::size_t length = 0;
  if (!text || X509_NAME_print_ex(text.get(), name, 0, kFlags) < 0 ||
      BIO_mem_contents(text.get(), &bytes, &length) != 1) {
    ERR_clear_error();
    return "(unreadable)";
  }
  if (length == 0) {
    return "(empty)";
  }
  return printable({reinterpret_cast<const char*>(bytes), length}, kLongestName);
}

std::optional<std::chrono::sys_seconds> seconds_of(const ASN1_TIME& time) {
  const bssl::UniquePtr<ASN1_TIME> epoch(ASN1_TIME_set(nullptr, 0));
  int days = 0;
  int seconds = 0;
  if (!epoch || ASN1_TIME_diff(&days, &seconds, epoch.get(), &time) != 1) {
    ERR_clear_error();
    return std::nullopt;
  }
  return std::chrono::sys_seconds(std::chrono::days(days) + std::chrono::seconds(seconds));
}

// As four or sixteen bytes (RFC 5280 section 4.2.1.6); IPv6 in full, without "::".
std::string address_text(std::string_view bytes) {
  const auto at = [&](std::size_t i) { return static_cast<unsigned char>(bytes[i]); };
  if (bytes.size() == 4) {
    return fmt::format("{}.{}.{}.{}", at(0), at(1), at(2), at(3));
  }
  if (bytes.size() != 16) {
    return "(an address of no known kind)";
  }
  std::string text;
  for (std::size_t i = 0; i < 16; i += 2) {
    text += fmt::format("{}{:x}", i == 0 ? "" : ":", at(i) << 8 | at(i + 1));
  }
  return text;
}

std::string_view bytes_of(const ASN1_STRING& string) {
  return {reinterpret_cast<const char*>(ASN1_STRING_get0_data(&string)),
          static_cast<std::size_t>(ASN1_STRING_length(&string))};
}

}  // namespace

std::string describe(const X509& certificate) {
  return fmt::format("subject {}, issuer {}, valid until {}", subject_of(certificate),
                     issuer_of(certificate), time_text(*X509_get0_notAfter(&certificate)));
}

std::string subject_of(const X509& certificate) {
  return name_text(X509_get_subject_name(&certificate));
}

std::string issuer_of(const X509& certificate) {
  return name_text(X509_get_issuer_name(&certificate));
}

std::vector<std::string> names_of(const X509& certificate) {
  std::vector<std::string> names;
  const bssl::UniquePtr<GENERAL_NAMES> list(static_cast<GENERAL_NAMES*>(
      X509_get_ext_d2i(&certificate, NID_subject_alt_name, nullptr, nullptr)));
  if (!list) {
    ERR_clear_error();
    return names;
  }
  for (std::size_t i = 0; i < sk_GENERAL_NAME_num(list.get()); ++i) {
    const GENERAL_NAME* name = sk_GENERAL_NAME_value(list.get(), i);
    if (name->type == GEN_DNS) {
      names.push_back(printable(bytes_of(*name->d.dNSName), kLongestName));
    } else if (name->type == GEN_IPADD) {
      names.push_back(address_text(bytes_of(*name->d.iPAddress)));
    }
  }
  return names;
}

std::string date_text(const ASN1_TIME& time) {
  const std::optional<std::chrono::sys_seconds> at = seconds_of(time);
  if (!at) {
    return "(an unreadable date)";
  }
  const std::chrono::year_month_day day(std::chrono::floor<std::chrono::days>(*at));
  return fmt::format("{:04}-{:02}-{:02}", static_cast<int>(day.year()),
                     static_cast<unsigned>(day.month()), static_cast<unsigned>(day.day()));
}

std::string time_text(const ASN1_TIME& time) {
  const std::optional<std::chrono::sys_seconds> at = seconds_of(time);
  if (!at) {
    return "(an unreadable date)";
  }
  const std::chrono::hh_mm_ss clock(*at - std::chrono::floor<std::chrono::days>(*at));
  return fmt::format("{} {:02}:{:02}:{:02} UTC", date_text(time), clock.hours().count(),
                     clock.minutes().count(), clock.seconds().count());
}

}  // namespace truerelay::tls
