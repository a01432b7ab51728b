// Of JSON, what is taken and what is passed over.

#include "oauth/json.h"

#include <gtest/gtest.h>

namespace truerelay::oauth {
namespace {

TEST(Json, StringsAndNumbersOfTheOutermostObjectAreTaken) {
  const auto object = JsonObject::parse(R"( {"a":"x","n":5,"f":2.9,"m":-3,"t":true,"z":null} )");
  ASSERT_TRUE(object);
  EXPECT_EQ(object->text("a")->reveal(), "x");
  EXPECT_EQ(object->number("n"), 5);
  EXPECT_EQ(object->number("f"), 2);
  EXPECT_EQ(object->number("m"), -3);
  EXPECT_TRUE(object->has("t"));
  EXPECT_EQ(object->text("t"), nullptr);
  EXPECT_EQ(object->number("t"), std::nullopt);
  EXPECT_TRUE(object->has("z"));
  EXPECT_FALSE(object->has("b"));
}

TEST(Json, WhatStandsDeeperIsPassedOver) {
  const auto object =
      JsonObject::parse(R"({"o":{"access_token":"no","a":[{"access_token":"no"}]},"x":"yes"})");
  ASSERT_TRUE(object);
  EXPECT_FALSE(object->has("access_token"));
  EXPECT_TRUE(object->has("o"));
  EXPECT_EQ(object->text("o"), nullptr);
  EXPECT_EQ(object->text("x")->reveal(), "yes");
}

TEST(Json, ANumberInAStringIsANumber) {
  const auto object =
      JsonObject::parse(R"({"a":"3599","b":"1h","c":"","d":"99999999999999999999"})");
  ASSERT_TRUE(object);
  EXPECT_EQ(object->number("a"), 3599);
  EXPECT_EQ(object->number("b"), std::nullopt);
  EXPECT_EQ(object->number("c"), std::nullopt);
  EXPECT_EQ(object->number("d"), std::nullopt);
}

TEST(Json, NumbersBeyondReasonAreNone) {
  const auto object = JsonObject::parse(R"({"a":1e300,"b":-1e300,"c":18446744073709551615})");
  ASSERT_TRUE(object);
  EXPECT_EQ(object->number("a"), std::nullopt);
  EXPECT_EQ(object->number("b"), std::nullopt);
  EXPECT_EQ(object->number("c"), std::nullopt);
}

TEST(Json, OfANameThatComesTwiceTheLastOneCounts) {
  const auto object = JsonObject::parse(R"({"a":"1","a":"2"})");
  ASSERT_TRUE(object);
  EXPECT_EQ(object->text("a")->reveal(), "2");
}

TEST(Json, WhatIsNoObjectIsNothing) {
  for (const std::string_view text :
       {"", " ", "null", "5", "\"a\"", "[]", "[{\"a\":\"b\"}]", "{", "{\"a\"",
        "{\"a\":", "{\"a\":1", "{\"a\":1}}", "{\"a\":1} x", "{'a':1}", "{\"a\":\"\x01\"}",
        "{\"a\":\"\xff\"}", "<html>", "access_token=A1"}) {
    EXPECT_FALSE(JsonObject::parse(text)) << text;
  }
}

TEST(Json, DeepNestingEndsWithoutHarm) {
  EXPECT_FALSE(JsonObject::parse(std::string(60'000, '[')));
  std::string deep = "{\"x\":" + std::string(30'000, '[') + std::string(30'000, ']') + "}";
  EXPECT_TRUE(JsonObject::parse(deep));
}

TEST(Json, EveryBeginningOfAnAnswerIsNothing) {
  const std::string whole = R"({"access_token":"A\u00e9\"","expires_in":3599})";
  for (std::size_t i = 0; i < whole.size(); ++i) {
    EXPECT_FALSE(JsonObject::parse(whole.substr(0, i))) << i;
  }
  EXPECT_EQ(JsonObject::parse(whole)->text("access_token")->reveal(), "A\xc3\xa9\"");
}

TEST(Json, AStringIsWrittenSoThatItReadsTheSame) {
  const std::string text = "a\"b\\c\n\x01 \xc3\xa9";
  const auto object = JsonObject::parse("{\"x\":" + json_string(text) + "}");
  ASSERT_TRUE(object);
  EXPECT_EQ(object->text("x")->reveal(), text);
}

}  // namespace
}  // namespace truerelay::oauth
