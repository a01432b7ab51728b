#include "config/oauth_presets.h"

#include <algorithm>
#include <array>

namespace truerelay::config {
namespace {

// Google's device login does not give out the scope for mail, so that it has none here, and without
// access_type and prompt it gives no refresh token.
constexpr auto kPresets = std::to_array<OAuthPreset>({
    {"microsoft", OAuth::Way::login, "https://login.microsoftonline.com/{tenant}/oauth2/v2.0/token",
     "https://login.microsoftonline.com/{tenant}/oauth2/v2.0/authorize",
     "https://login.microsoftonline.com/{tenant}/oauth2/v2.0/devicecode",
     "https://outlook.office.com/SMTP.Send offline_access", "PS256", "", "localhost"},
    {"microsoft-app", OAuth::Way::application,
     "https://login.microsoftonline.com/{tenant}/oauth2/v2.0/token", "", "",
     "https://outlook.office365.com/.default", "PS256", "", "localhost"},
    {"google", OAuth::Way::login, "https://oauth2.googleapis.com/token",
     "https://accounts.google.com/o/oauth2/v2/auth", "", "https://mail.google.com/", "RS256",
     "access_type=offline&prompt=consent", "127.0.0.1"},
    {"google-service-account", OAuth::Way::service_account, "https://oauth2.googleapis.com/token",
     "", "", "https://mail.google.com/", "RS256", "", "127.0.0.1"},
});

}  // namespace

std::span<const OAuthPreset> oauth_presets() { return kPresets; }

const OAuthPreset* find_oauth_preset(std::string_view name) {
  const auto found = std::ranges::find(kPresets, name, &OAuthPreset::name);
  return found == kPresets.end() ? nullptr : &*found;
}

}  // namespace truerelay::config
