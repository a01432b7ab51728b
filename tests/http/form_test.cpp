#include "http/form.h"

#include <gtest/gtest.h>

#include <string>

namespace truerelay::http {
namespace {

TEST(Form, IsEncodedAsRfc6749AppendixBSays) {
  EXPECT_EQ(encode_form({{"q", " %&+\xC2\xA3\xE2\x82\xAC"}}).reveal(),
            "q=+%25%26%2B%C2%A3%E2%82%AC");
}

TEST(Form, KeepsTheOrderOfItsFields) {
  EXPECT_EQ(encode_form({{"grant_type", "refresh_token"},
                         {"scope", "https://outlook.office.com/SMTP.Send offline_access"},
                         {"empty", ""}})
                .reveal(),
            "grant_type=refresh_token&scope=https%3A%2F%2Foutlook.office.com%2FSMTP.Send+"
            "offline_access&empty=");
  EXPECT_EQ(encode_form({}).reveal(), "");
}

TEST(Form, DecodesWhatItEncodes) {
  std::string every;
  for (int c = 0x20; c < 0x100; ++c) {
    if (c != 0x7F) {
      every += static_cast<char>(c);
    }
  }
  const Redacted text = encode_form({{every, every}, {"b", "2"}});
  const auto form = Form::parse(text.reveal());
  ASSERT_TRUE(form);
  ASSERT_NE(form->find(every), nullptr);
  EXPECT_EQ(form->find(every)->reveal(), every);
  EXPECT_EQ(form->find("b")->reveal(), "2");
  EXPECT_EQ(form->find("c"), nullptr);
}

TEST(Form, OfARedirectIsRead) {
  const auto form = Form::parse("state=af0i&code=4%2F0Ad&scope=https://mail.google.com/&&flag");
  ASSERT_TRUE(form);
  EXPECT_EQ(form->find("code")->reveal(), "4/0Ad");
  EXPECT_EQ(form->find("scope")->reveal(), "https://mail.google.com/");
  EXPECT_EQ(form->find("flag")->reveal(), "");
  EXPECT_TRUE(Form::parse(""));
}

TEST(Form, ThatIsMalformedIsRefused) {
  for (const char* text :
       {"a=%", "a=%4", "a=%4g", "%=1", "a=%00", "a=%0D%0A", "a=1&a=2", "a=1&%61=2", "a=\x01"}) {
    EXPECT_FALSE(Form::parse(text)) << text;
  }
  std::string many;
  for (int i = 0; i < 101; ++i) {
    many += "f" + std::to_string(i) + "=1&";
  }
  EXPECT_FALSE(Form::parse(many));
}

}  // namespace
}  // namespace truerelay::http
