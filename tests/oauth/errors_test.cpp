// What the errors of providers mean: whether a person must act, and what is to be done.

#include "oauth/errors.h"

#include <gtest/gtest.h>

namespace truerelay::oauth {
namespace {

struct Row {
  const char* error;
  const char* description;
  bool permanent;
  const char* cause;
  const char* remedy;
};

TEST(Errors, HaveACauseAndARemedy) {
  for (const Row& row : {
           Row{"invalid_grant", "", true, "no longer valid", "truerelay login"},
           Row{"invalid_client", "", true, "proof of itself was refused", "client_secret"},
           Row{"unauthorized_client", "", true, "may not ask", "domain-wide delegation"},
           Row{"invalid_scope", "", true, "scope is not valid", "\"scope\""},
           Row{"unsupported_grant_type", "", true, "no such request", "preset"},
           Row{"access_denied", "", true, "denied", "login"},
           Row{"temporarily_unavailable", "", false, "not available", "Wait"},
           Row{"server_error", "", false, "fault", "Wait"},
           Row{"slow_down", "", false, "fewer", "Wait"},
           Row{"made_up", "", false, "does not know", "provider"},
           Row{"invalid_client",
               "AADSTS7000222: The provided client secret keys for app '...' are expired.", true,
               "secret has expired", "Make a new client secret"},
           Row{"invalid_client",
               "AADSTS7000215: Invalid client secret provided. Ensure the secret "
               "being sent in the request is the client secret value",
               true, "secret is wrong", "not its ID"},
           Row{"unauthorized_client", "AADSTS700016: Application with identifier 'x' was not found",
               true, "not known in this tenant", "client_id"},
           Row{"invalid_grant", "AADSTS65001: The user or administrator has not consented", true,
               "consented", "grant the permission"},
           Row{"invalid_grant", "AADSTS90094: The grant requires admin permission.", true,
               "administrator must consent", "administrator"},
           Row{"invalid_grant",
               "AADSTS70043: The refresh token has expired or is invalid due to "
               "sign-in frequency checks by conditional access.",
               true, "sign-in frequency", "microsoft-app"},
           Row{"invalid_grant", "AADSTS700082: The refresh token has expired due to inactivity.",
               true, "unused for too long", "truerelay login"},
           Row{"invalid_grant",
               "AADSTS50173: The provided grant has expired due to it being "
               "revoked",
               true, "revoked", "truerelay login"},
           Row{"invalid_grant", "AADSTS50034: The user account does not exist", true,
               "does not exist", "tenant"},
           Row{"invalid_client", "AADSTS700027: Client assertion contains an invalid signature.",
               true, "certificate", "Upload the certificate"},
           Row{"invalid_client",
               "AADSTS700024: Client assertion is not within its valid time "
               "range.",
               false, "outside its time", "clock"},
           Row{"invalid_grant",
               "AADSTS50196: The server terminated an operation because it "
               "encountered a client request loop.",
               false, "too many", "Wait"},
           // A number that is not in the table leaves the word to the code of OAuth.
           Row{"invalid_grant", "AADSTS123456: Something new.", true, "no longer valid",
               "truerelay login"},
       }) {
    const TokenFailure failure = failure_of(row.error, row.description, "");
    EXPECT_EQ(failure.permanent, row.permanent) << row.error << row.description;
    EXPECT_NE(failure.cause.find(row.cause), std::string::npos) << failure.cause;
    EXPECT_NE(failure.remedy.find(row.remedy), std::string::npos) << failure.remedy;
    EXPECT_NE(failure.cause.find(row.error), std::string::npos) << failure.cause;
  }
}

TEST(Errors, OfMicrosoftNameTheirNumber) {
  EXPECT_EQ(aadsts_number("AADSTS7000222: The provided"), 7000222U);
  EXPECT_EQ(aadsts_number("error AADSTS65001"), 65001U);
  EXPECT_EQ(aadsts_number("AADSTS"), 0U);
  EXPECT_EQ(aadsts_number("AADSTSx"), 0U);
  EXPECT_EQ(aadsts_number(""), 0U);
  EXPECT_NE(failure_of("invalid_client", "AADSTS7000222: x", "").cause.find("AADSTS7000222"),
            std::string::npos);
}

TEST(Errors, AreASentenceOrTwo) {
  EXPECT_EQ(sentence({.permanent = true, .cause = "the scope is odd", .remedy = "Mend it"}),
            "The scope is odd. Mend it");
  EXPECT_EQ(sentence({.permanent = true, .cause = "the scope is odd", .remedy = ""}),
            "The scope is odd");
}

}  // namespace
}  // namespace truerelay::oauth
