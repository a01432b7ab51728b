#include "tests/attacks/chunks.h"

#include <gtest/gtest.h>

#include <chrono>
#include <utility>
#include <vector>

#include "tests/attacks/bytes.h"

namespace truerelay::attacks {
namespace {

constexpr const char* kUpToData = "MAIL FROM:<a@x.example>\r\nRCPT TO:<b@y.example>\r\nDATA\r\n";
constexpr const char* kOffer =
    "250-upstream.example\r\n250-SIZE 1000000\r\n250-PIPELINING\r\n250 CHUNKING\r\n";

}  // namespace

TwoParts::TwoParts(std::size_t size) : first("Subject: x\r\n\r\n") {
  while (first.size() < size) {
    first += std::string(70, 'x') + "\r\n";
  }
}

Setting chunking(Script script) {
  Setting setting;
  script.ehlo = kOffer;
  setting.scripts = {std::move(script)};
  return setting;
}

Setting chunking(const std::string& place, const Answer& answer) {
  return chunking({.answers = {{place, {answer}}}});
}

void begin_message(Stage& stage, RawClient& client) {
  EXPECT_EQ(read_replies(stage.ask(client, kUpToData, 3)).codes(),
            (std::vector<int>{250, 250, 354}));
}

std::string send_in_two_parts(Stage& stage, RawClient& client, const TwoParts& message) {
  begin_message(stage, client);
  client.send(message.first);
  stage.run_for(std::chrono::seconds(1));
  return stage.ask(client, message.rest + ".\r\n");
}

std::string send_in_two_parts(Stage& stage, RawClient& client) {
  return send_in_two_parts(stage, client, TwoParts());
}

std::string send_in_one(Stage& stage, RawClient& client) {
  begin_message(stage, client);
  return stage.ask(client, TwoParts().stuffed());
}

void expect_that_the_next_one_succeeds(Stage& stage, RawClient& client) {
  const std::size_t before = stage.upstream().messages().size();
  stage.upstream().relent();
  EXPECT_EQ(send_in_two_parts(stage, client), "250 2.0.0 queued\r\n");
  EXPECT_EQ(stage.upstream().messages().size(), before + 1);
  EXPECT_EQ(stage.upstream().connections().back().messages.size(), 1U);
  EXPECT_GE(stage.upstream().connections().size(), 2U);
  EXPECT_FALSE(client.heard().contains("INJECTED")) << visible(client.heard());
}

}  // namespace truerelay::attacks
