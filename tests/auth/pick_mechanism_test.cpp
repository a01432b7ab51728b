// Which mechanism is taken of those that a server offers.

#include <gtest/gtest.h>

#include "auth/mechanism.h"

namespace truerelay::auth {
namespace {

using Kind = Credentials::Kind;
using Offer = std::vector<std::string>;

struct Row {
  const char* name;
  Choice choice;
  Kind kind;
  Offer offered;
  std::optional<std::string_view> picked;
};

// What large services offer after TLS.
const Offer kOffice365 = {"LOGIN", "XOAUTH2"};
const Offer kGmail = {"LOGIN", "PLAIN", "XOAUTH2", "PLAIN-CLIENTTOKEN", "OAUTHBEARER", "XOAUTH"};
const Offer kExchange = {"GSSAPI", "NTLM", "LOGIN"};

class PickMechanism : public testing::TestWithParam<Row> {};

TEST_P(PickMechanism, TakesWhatFits) {
  const Row& row = GetParam();
  EXPECT_EQ(pick_mechanism(row.choice, row.kind, row.offered), row.picked);
}

INSTANTIATE_TEST_SUITE_P(
    All, PickMechanism,
    testing::Values(
        Row{"APasswordAtOffice365GoesByLogin", Choice::automatic, Kind::password, kOffice365,
            "LOGIN"},
        Row{"APasswordAtGmailGoesByPlain", Choice::automatic, Kind::password, kGmail, "PLAIN"},
        Row{"APasswordAtExchangeGoesByLogin", Choice::automatic, Kind::password, kExchange,
            "LOGIN"},
        Row{"ATokenAtOffice365GoesByXOAuth2", Choice::automatic, Kind::token, kOffice365,
            "XOAUTH2"},
        Row{"ATokenAtGmailGoesByXOAuth2", Choice::automatic, Kind::token, kGmail, "XOAUTH2"},
        Row{"ATokenGoesByOAuthBearerWhereThatIsAllThereIs",
            Choice::automatic,
            Kind::token,
            {"OAUTHBEARER", "PLAIN"},
            "OAUTHBEARER"},
        Row{"ATokenIsNeverSentAsAPassword",
            Choice::automatic,
            Kind::token,
            {"PLAIN", "LOGIN"},
            std::nullopt},
        Row{"APasswordIsNeverSentAsAToken",
            Choice::automatic,
            Kind::password,
            {"XOAUTH2", "OAUTHBEARER"},
            std::nullopt},
        Row{"NothingIsPickedWhereNothingIsOffered",
            Choice::automatic,
            Kind::password,
            {},
            std::nullopt},
        Row{"PlainMeansPlain", Choice::plain, Kind::password, kGmail, "PLAIN"},
        Row{"PlainThatIsNotOfferedIsNotReplaced", Choice::plain, Kind::password, kOffice365,
            std::nullopt},
        Row{"LoginMeansLogin", Choice::login, Kind::password, kGmail, "LOGIN"},
        Row{"XOAuth2MeansXOAuth2", Choice::xoauth2, Kind::token, kGmail, "XOAUTH2"},
        Row{"XOAuth2ThatIsNotOfferedIsNotReplaced",
            Choice::xoauth2,
            Kind::token,
            {"OAUTHBEARER"},
            std::nullopt},
        Row{"OAuthBearerMeansOAuthBearer", Choice::oauthbearer, Kind::token, kGmail, "OAUTHBEARER"},
        Row{"OAuthBearerAtOffice365IsNotToBeHad", Choice::oauthbearer, Kind::token, kOffice365,
            std::nullopt},
        Row{"PassthroughTakesPlain", Choice::passthrough, Kind::password, kGmail, "PLAIN"},
        Row{"PassthroughTakesLoginWherePlainIsMissing", Choice::passthrough, Kind::password,
            kOffice365, "LOGIN"},
        Row{"NoneMeansNone", Choice::none, Kind::password, kGmail, std::nullopt},
        Row{"ANameThatOnlyBeginsAlikeIsAnother",
            Choice::plain,
            Kind::password,
            {"PLAIN-CLIENTTOKEN"},
            std::nullopt}),
    [](const testing::TestParamInfo<Row>& info) { return std::string(info.param.name); });

}  // namespace
}  // namespace truerelay::auth
