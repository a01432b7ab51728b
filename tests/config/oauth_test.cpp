// [oauth] of an upstream's file: what a preset gives, and what is said of what cannot be.

#include <gtest/gtest.h>

#include <algorithm>

#include "tests/config/configuration_folder.h"

namespace truerelay::config {
namespace {

class OAuthTable : public ConfigurationFolder {
 protected:
  void write_oauth(const std::string& table, const std::string& upstream =
                                                 "preset = \"office365\"\n"
                                                 "user = \"erp@contoso.example\"\n") {
    write_upstream(upstream + "[oauth]\n" + table);
  }
  OAuth read() { return load(main_file()).value().upstreams.at(0).oauth.value(); }
};

TEST_F(OAuthTable, MicrosoftsAppKnowsItsAddressesAndScope) {
  write_oauth(
      "preset = \"microsoft-app\"\ntenant = \"contoso.example\"\nclient_id = \"app\"\n"
      "client_secret = \"office365\"\n");
  const OAuth oauth = read();
  EXPECT_EQ(oauth.way, OAuth::Way::application);
  EXPECT_EQ(oauth.token_endpoint,
            "https://login.microsoftonline.com/contoso.example/oauth2/v2.0/token");
  EXPECT_EQ(oauth.scope, "https://outlook.office365.com/.default");
  EXPECT_EQ(oauth.client_secret, "office365");
  EXPECT_EQ(oauth.algorithm, "PS256");
}

TEST_F(OAuthTable, MicrosoftsLoginHasADeviceCodeAndAPlaceInTheVault) {
  write_oauth("preset = \"microsoft\"\ntenant = \"consumers\"\nclient_id = \"app\"\n");
  const OAuth oauth = read();
  EXPECT_EQ(oauth.way, OAuth::Way::login);
  EXPECT_EQ(oauth.device_endpoint,
            "https://login.microsoftonline.com/consumers/oauth2/v2.0/devicecode");
  EXPECT_EQ(oauth.scope, "https://outlook.office.com/SMTP.Send offline_access");
  EXPECT_EQ(oauth.refresh_token, "office365-refresh-token");
}

TEST_F(OAuthTable, GooglesLoginIsInTheBrowser) {
  write_oauth("preset = \"google\"\nclient_id = \"app\"\nclient_secret = \"gmail-client\"\n");
  const OAuth oauth = read();
  EXPECT_EQ(oauth.way, OAuth::Way::login);
  EXPECT_EQ(oauth.device_endpoint, "");
  EXPECT_EQ(oauth.authorization_endpoint, "https://accounts.google.com/o/oauth2/v2/auth");
  EXPECT_EQ(oauth.authorization_extra, "access_type=offline&prompt=consent");
}

TEST_F(OAuthTable, AServiceAccountActsForTheUser) {
  write_oauth("preset = \"google-service-account\"\nservice_account = \"workspace\"\n");
  const OAuth oauth = read();
  EXPECT_EQ(oauth.way, OAuth::Way::service_account);
  EXPECT_EQ(oauth.subject, "erp@contoso.example");
  EXPECT_EQ(oauth.algorithm, "RS256");
}

TEST_F(OAuthTable, EverythingOfAPresetCanBeOverridden) {
  write_oauth(
      "preset = \"microsoft-app\"\nclient_id = \"app\"\nclient_secret = \"s\"\n"
      "token_endpoint = \"https://login.partner.microsoftonline.cn/x/oauth2/v2.0/token\"\n"
      "scope = \"https://partner.outlook.cn/.default\"\nalgorithm = \"RS256\"\n");
  const OAuth oauth = read();
  EXPECT_EQ(oauth.token_endpoint, "https://login.partner.microsoftonline.cn/x/oauth2/v2.0/token");
  EXPECT_EQ(oauth.scope, "https://partner.outlook.cn/.default");
  EXPECT_EQ(oauth.algorithm, "RS256");
}

TEST_F(OAuthTable, WithoutAPresetTheKeysSayWhichWayItIs) {
  const std::string token = "token_endpoint = \"http://127.0.0.1:3000/token\"\n";
  write_oauth(token + "client_id = \"app\"\nclient_secret = \"s\"\n");
  EXPECT_EQ(read().way, OAuth::Way::application);
  write_oauth(token + "client_id = \"app\"\ndevice_endpoint = \"https://a.example/d\"\n");
  EXPECT_EQ(read().way, OAuth::Way::login);
  write_oauth(token + "service_account = \"account\"\n");
  EXPECT_EQ(read().way, OAuth::Way::service_account);
  write_oauth("token_command = [\"/usr/local/bin/token\", \"--for\", \"erp\"]\n");
  EXPECT_EQ(read().way, OAuth::Way::command);
  EXPECT_EQ(read().token_command, (Lines{"/usr/local/bin/token", "--for", "erp"}));
}

struct WrongRow {
  std::string table;
  std::string said;
};

TEST_F(OAuthTable, WhatCannotBeIsSaidWithItsPlaceAndTheRemedy) {
  const std::string app = "preset = \"microsoft-app\"\ntenant = \"t\"\nclient_id = \"a\"\n";
  for (const WrongRow& row : {
           WrongRow{"preset = \"microsft\"\nclient_id = \"a\"\n",
                    "upstreams/office365.toml:4:10: unknown preset 'microsft'; did you mean "
                    "'microsoft'?"},
           WrongRow{app + "client_secrt = \"s\"\n",
                    "unknown key 'client_secrt'; did you mean 'client_secret'?"},
           WrongRow{app, "'client_secret' is missing: the name of the secret in the vault"},
           WrongRow{"preset = \"microsoft-app\"\nclient_id = \"a\"\nclient_secret = \"s\"\n",
                    "'tenant' is missing: the directory (tenant) ID"},
           WrongRow{"preset = \"microsoft\"\ntenant = \"t\"\n", "'client_id' is missing"},
           WrongRow{app + "client_secret = \"a secret~itself\"\n",
                    "'client_secret' must be the name of a secret in the vault, not the secret"},
           WrongRow{app + "client_secret = \"s\"\ncertificate = \"c\"\n",
                    "remove 'client_secret' or the certificate"},
           WrongRow{app + "client_secret = \"s\"\ntoken_endpoint = \"http://a.example/token\"\n",
                    "'token_endpoint' must be an address that begins with https://"},
           WrongRow{app + "client_secret = \"s\"\nalgorithm = \"HS256\"\n",
                    "'algorithm' must be one of"},
           WrongRow{"preset = \"microsoft-app\"\ntenant = \"a/b\"\nclient_id = \"a\"\n",
                    "'tenant' must be the directory (tenant) ID"},
           WrongRow{"preset = \"google-service-account\"\n", "'service_account' is missing"},
           WrongRow{app + "client_secret = \"s\"\nsubject = \"x\"\n",
                    "'subject' belongs to the preset google-service-account"},
           WrongRow{"client_id = \"a\"\nclient_secret = \"s\"\n", "'preset' is missing"},
           WrongRow{"token_command = \"token\"\nscope = \"x\"\n",
                    "'scope' has no place beside token_command"},
       }) {
    write_oauth(row.table);
    const Lines found = errors();
    EXPECT_TRUE(std::ranges::any_of(
        found, [&](const std::string& error) { return error.find(row.said) != error.npos; }))
        << row.said << "\n"
        << (found.empty() ? "(no errors)" : found.front());
  }
}

// Two upstreams, whose logins stand under one name in the vault.
class SharedLogin : public OAuthTable {
 protected:
  void write_two(const std::string& first, const std::string& second) {
    write("upstreams/office365.toml", first);
    write("upstreams/other.toml", second);
    write("truerelay.toml",
          "[[listener]]\nname = \"erp\"\naddress = [\"127.0.0.1:2525\"]\nupstream = "
          "\"office365\"\n[[listener]]\nname = \"b\"\naddress = [\"127.0.0.1:2526\"]\nupstream = "
          "\"other\"\n");
  }
  static std::string login(const std::string& user, const std::string& client,
                           const std::string& tenant, const std::string& name = "login") {
    return "preset = \"office365\"\nuser = \"" + user +
           "\"\n[oauth]\npreset = \"microsoft\"\ntenant = \"" + tenant + "\"\nclient_id = \"" +
           client + "\"\nrefresh_token = \"" + name + "\"\n";
  }
};

TEST_F(SharedLogin, OfOneUserAndOneApplicationServesTwoUpstreams) {
  write_two(login("erp@a.example", "app", "t"), login("erp@a.example", "app", "t"));
  EXPECT_EQ(warnings(), Lines());
}

TEST_F(SharedLogin, OfTwoUsersApplicationsOrProvidersIsAMistakeThatIsToldOnce) {
  const std::string first = login("erp@a.example", "app", "t");
  for (const auto& [second, key] :
       {std::pair(login("it@a.example", "app", "t"), "user"),
        std::pair(login("erp@a.example", "app2", "t"), "client_id"),
        std::pair(login("erp@a.example", "app", "u"), "token_endpoint")}) {
    write_two(first, second);
    EXPECT_EQ(warnings(),
              (Lines{"upstreams/other.toml:7:17: upstream 'office365' keeps its login as 'login', "
                     "too, and has another '" +
                     std::string(key) +
                     "': a login is good for one of the two; give each a 'refresh_token' of its "
                     "own"}));
  }
}

TEST_F(SharedLogin, IsNoMistakeWhereTheNamesDifferOrOneOfThemIsNotUsed) {
  const std::string first = login("erp@a.example", "app", "t");
  write_two(first, login("it@a.example", "app", "t", "login2"));
  EXPECT_EQ(warnings(), Lines());
  write_two(first, login("it@a.example", "app", "t"));
  write("truerelay.toml",
        "[[listener]]\nname = \"erp\"\naddress = [\"127.0.0.1:2525\"]\nupstream = "
        "\"office365\"\n");
  EXPECT_EQ(warnings(), Lines());
}

TEST_F(OAuthTable, HasNoPlaceBesideAPasswordOrAMechanismForOne) {
  const std::string table = "token_command = \"token\"\n";
  write_oauth(table, "preset = \"office365\"\nuser = \"erp\"\npassword_file = \"p\"\n");
  EXPECT_NE(errors().front().find("'password_file' has no place beside [oauth]"),
            std::string::npos);
  for (const char* auth : {"plain", "login"}) {
    write_oauth(table,
                "preset = \"office365\"\nuser = \"erp\"\nauth = \"" + std::string(auth) + "\"\n");
    EXPECT_NE(errors().front().find("[oauth] has no place beside auth"), std::string::npos);
  }
}

TEST_F(OAuthTable, NeedsAUser) {
  write_oauth("token_command = \"token\"\n", "preset = \"office365\"\n");
  EXPECT_NE(errors().front().find("'user' is missing"), std::string::npos);
}

}  // namespace
}  // namespace truerelay::config
