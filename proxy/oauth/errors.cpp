#include "oauth/errors.h"

#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <charconv>

#include "base/ascii.h"

namespace truerelay::oauth {
namespace {

enum class Lasts { for_now, for_good };

struct NumberRow {
  unsigned long number;
  Lasts lasts;
  std::string_view cause;
  std::string_view remedy;
};

constexpr std::string_view kLogInAgain =
    "Let a person log in again: truerelay login, with the name of the upstream";
constexpr std::string_view kNewSecret =
    "Make a new client secret in the app registration and store its value: truerelay secret set, "
    "with the name that [oauth] gives in client_secret";

constexpr auto kNumbers = std::to_array<NumberRow>({
    {7000222, Lasts::for_good, "the client secret has expired", kNewSecret},
    {7000215, Lasts::for_good, "the client secret is wrong",
     "Store the secret's value, not its ID: truerelay secret set, with the name that [oauth] gives "
     "in client_secret"},
    {700016, Lasts::for_good, "the application is not known in this tenant",
     "Check \"client_id\" and \"tenant\" in [oauth]"},
    {7000229, Lasts::for_good, "the application has no service principal in this tenant",
     "Let an administrator of the tenant consent to the application"},
    {90002, Lasts::for_good, "there is no such tenant", "Check \"tenant\" in [oauth]"},
    {900023, Lasts::for_good, "there is no such tenant", "Check \"tenant\" in [oauth]"},
    {65001, Lasts::for_good, "nobody has consented to what the application asks for",
     "Let an administrator grant the permission in the app registration, or a person log in again: "
     "truerelay login"},
    {90094, Lasts::for_good, "an administrator must consent to the application",
     "Let an administrator of the tenant grant the permission in the app registration"},
    {70043, Lasts::for_good, "the tenant's policy wants a fresh login (sign-in frequency)",
     "Exempt the mailbox from that policy or use the preset microsoft-app; then truerelay login"},
    {700082, Lasts::for_good, "the refresh token was unused for too long and has expired",
     kLogInAgain},
    {70008, Lasts::for_good, "the refresh token has expired", kLogInAgain},
    {700084, Lasts::for_good, "the refresh token has expired and belongs to a single-page app",
     "Register the redirect address under \"Mobile and desktop applications\"; then truerelay "
     "login"},
    {50173, Lasts::for_good, "the login was revoked, as a changed password does", kLogInAgain},
    {50132, Lasts::for_good, "the login was revoked, as a changed password does", kLogInAgain},
    {50133, Lasts::for_good, "the login was revoked, as a changed password does", kLogInAgain},
    {50034, Lasts::for_good, "the account does not exist in this tenant",
     "Check \"tenant\" in [oauth] and \"user\"; then truerelay login"},
    {50057, Lasts::for_good, "the account is disabled", "Enable the account, then truerelay login"},
    {50055, Lasts::for_good, "the account's password has expired",
     "Change the password of the account, then truerelay login"},
    {50053, Lasts::for_now, "the account is locked after too many wrong logins",
     "Wait, and look at the sign-in log of the account"},
    {50076, Lasts::for_good, "the tenant wants a second factor", kLogInAgain},
    {50079, Lasts::for_good, "the account must set up a second factor", kLogInAgain},
    {53003, Lasts::for_good, "a conditional access policy forbids it",
     "Look at the sign-in log, and exempt the mailbox or this machine from that policy"},
    {700027, Lasts::for_good, "the certificate is not that of the application",
     "Upload the certificate to the app registration, or correct \"certificate\" in [oauth]"},
    {700024, Lasts::for_now, "the signed assertion is outside its time",
     "Set the clock of this machine"},
    {7000218, Lasts::for_good, "the application must prove who it is",
     "Allow public client flows in the app registration, or give client_secret in [oauth]"},
    {70011, Lasts::for_good, "the scope is not valid", "Check \"scope\" in [oauth]"},
    {28000, Lasts::for_good, "the scope names more than one service",
     "Write scopes of one service only into \"scope\" in [oauth]"},
    {1002012, Lasts::for_good, "without a user the scope must end in /.default",
     "Correct \"scope\" in [oauth], or remove it"},
    {500011, Lasts::for_good, "the service named in the scope is not known in this tenant",
     "Check \"scope\" and \"tenant\" in [oauth]"},
    {500113, Lasts::for_good, "the application has no redirect address",
     "Add http://localhost under \"Mobile and desktop applications\" in the app registration"},
    {50011, Lasts::for_good, "the redirect address is not that of the application",
     "Add http://localhost under \"Mobile and desktop applications\" in the app registration"},
    {50196, Lasts::for_now, "the provider saw too many of the same requests", "Wait"},
    {90033, Lasts::for_now, "the provider has a passing trouble", "Wait"},
});

struct ErrorRow {
  std::string_view error;
  Lasts lasts;
  std::string_view cause;
  std::string_view remedy;
};

constexpr auto kErrors = std::to_array<ErrorRow>({
    {"invalid_grant", Lasts::for_good, "the login is no longer valid", kLogInAgain},
    {"invalid_client", Lasts::for_good, "the application's proof of itself was refused",
     "Check \"client_id\", and \"client_secret\" or \"certificate\", in [oauth]"},
    {"unauthorized_client", Lasts::for_good, "the application may not ask for tokens in this way",
     "Allow it where the application is registered; for a Google service account, in the Admin "
     "console under domain-wide delegation, with this scope"},
    {"unsupported_grant_type", Lasts::for_good, "the provider knows no such request",
     "Check \"preset\" and \"token_endpoint\" in [oauth]"},
    {"invalid_scope", Lasts::for_good, "the scope is not valid", "Check \"scope\" in [oauth]"},
    {"invalid_target", Lasts::for_good, "the scope names a service that is not known",
     "Check \"scope\" in [oauth]"},
    {"invalid_request", Lasts::for_good, "the provider does not understand the request",
     "Check every key of [oauth]"},
    {"access_denied", Lasts::for_good, "access was denied", kLogInAgain},
    {"authorization_declined", Lasts::for_good, "the person declined", kLogInAgain},
    {"expired_token", Lasts::for_good, "nobody logged in in time", kLogInAgain},
    {"consent_required", Lasts::for_good, "nobody has consented to what the application asks for",
     kLogInAgain},
    {"interaction_required", Lasts::for_good, "the provider wants a person to log in", kLogInAgain},
    {"login_required", Lasts::for_good, "the provider wants a person to log in", kLogInAgain},
    {"admin_policy_enforced", Lasts::for_good, "an administrator has blocked the application",
     "Let an administrator of the Workspace trust the application"},
    {"deleted_client", Lasts::for_good, "the application was deleted",
     "Register it anew, and correct \"client_id\" in [oauth]"},
    {"disabled_client", Lasts::for_good, "the application is disabled",
     "Enable it where it is registered"},
    {"org_internal", Lasts::for_good, "the application is for another organisation",
     "Check \"client_id\" in [oauth]"},
    {"temporarily_unavailable", Lasts::for_now, "the provider is not available", "Wait"},
    {"server_error", Lasts::for_now, "the provider has a fault", "Wait"},
    {"slow_down", Lasts::for_now, "the provider asks for fewer requests", "Wait"},
    {"authorization_pending", Lasts::for_now, "nobody has logged in yet", "Log in"},
});

// What may be shown of a code that a stranger sent.
bool is_code(std::string_view error) {
  return !error.empty() && error.size() <= 64 && std::ranges::all_of(error, [](char c) {
    return ascii_alpha(c) || ascii_digit(c) || c == '_' || c == '-' || c == '.';
  });
}

}  // namespace

std::string sentence(const TokenFailure& failure) {
  std::string text = failure.cause;
  if (!text.empty()) {
    text.front() = ascii_upper(text.front());
  }
  return failure.remedy.empty() ? text : fmt::format("{}. {}", text, failure.remedy);
}

unsigned long aadsts_number(std::string_view description) {
  constexpr std::string_view kMark = "AADSTS";
  const std::size_t mark = description.find(kMark);
  unsigned long number = 0;
  if (mark != description.npos) {
    const std::string_view digits = description.substr(mark + kMark.size(), 10);
    std::from_chars(digits.data(), digits.data() + digits.size(), number);
  }
  return number;
}

TokenFailure failure_of(std::string_view error, std::string_view description,
                        std::string_view words) {
  TokenFailure failure;
  const unsigned long number = aadsts_number(description);
  const auto numbered = std::ranges::find(kNumbers, number, &NumberRow::number);
  const auto named = std::ranges::find(kErrors, error, &ErrorRow::error);
  if (number != 0 && numbered != kNumbers.end()) {
    failure.permanent = numbered->lasts == Lasts::for_good;
    failure.cause = numbered->cause;
    failure.remedy = numbered->remedy;
  } else if (named != kErrors.end()) {
    failure.permanent = named->lasts == Lasts::for_good;
    failure.cause = named->cause;
    failure.remedy = named->remedy;
  } else {
    failure.cause = "the provider refuses for a reason that truerelay does not know";
    failure.remedy = "Look it up at the provider";
  }
  failure.error = is_code(error) ? error : "unknown error";
  failure.refused = true;
  failure.cause +=
      fmt::format(" ({}{})", failure.error, number != 0 ? fmt::format(", AADSTS{}", number) : "");
  if (!words.empty()) {
    failure.cause += fmt::format("; it said \"{}\"", words);
  }
  return failure;
}

}  // namespace truerelay::oauth
