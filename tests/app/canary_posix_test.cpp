// Secrets that are known are planted wherever there is a place for one, everything goes wrong that
// can, at the most verbose level, and nothing that was written or said holds any of them.

#include <gtest/gtest.h>

#include <filesystem>
#include <vector>

#include "app/open_vault.h"
#include "base/base64.h"
#include "tests/app/practice_process.h"
#include "tests/app/running_engine.h"
#include "tests/app/smtp_socket.h"
#include "vault/user_hash.h"

namespace truerelay::app {
namespace {

constexpr std::string_view kUpstreamPassword = "canary-of-the-upstream-8c1f";
constexpr std::string_view kClientSecret = "canary-of-an-application-77e2";
constexpr std::string_view kUserPassword = "canary-of-a-user-3b90";
constexpr std::string_view kWrongPassword = "canary-of-a-guesser-51d4";

std::string plain(std::string_view user, std::string_view password) {
  std::string message(1, '\0');
  message.append(user).append(1, '\0').append(password);
  return base64_encode(message);
}

// As it stands, and within base64 at each of its three alignments.
std::vector<std::string> shapes_of(std::string_view secret) {
  std::vector<std::string> shapes = {std::string(secret)};
  for (std::size_t shift = 0; shift < 3; ++shift) {
    const std::string encoded = base64_encode(std::string(shift, '\0').append(secret));
    shapes.push_back(encoded.substr(4, encoded.size() - 8));
  }
  return shapes;
}

class Canaries : public testing::Test {
 protected:
  const Installation certified_;
  const PracticeProcess practice_{certified_, certified_.path("mail")};
  const Installation installation_{practice_.ports().starttls};
  std::string heard_;

  void SetUp() override {
    installation_.write("certs/ca.pem", certified_.read("certs/ca.pem"));
    installation_.write("truerelay.toml",
                        "[[listener]]\n"
                        "name = \"erp\"\n"
                        "address = [\"127.0.0.1:2525\"]\n"
                        "upstream = \"practice\"\n"
                        "auth = \"required\"\n"
                        "[log]\n"
                        "file = \"truerelay.log\"\n"
                        "level = \"debug\"\n");
    std::string upstream = installation_.read("upstreams/practice.toml");
    const std::string_view file = "password_file = \"practice.password\"";
    upstream.replace(upstream.find(file), file.size(), "secret = \"practice\"");
    installation_.write("upstreams/practice.toml", upstream);
    std::filesystem::remove(installation_.path("upstreams/practice.password"));
    vault::Vault vault = the_vault();
    ASSERT_TRUE(vault.create(std::nullopt));
    put(vault, "practice", vault::Kind::password, Redacted(std::string(kUpstreamPassword)));
    put(vault, "app", vault::Kind::client_secret, Redacted(std::string(kClientSecret)));
    put(vault, vault::entry_of_user("erp"), vault::Kind::user_hash,
        vault::hash_password(kUserPassword));
    key_ = installation_.read("truerelay.key");
  }
  vault::Vault the_vault() const {
    return vault::Vault(installation_.path("truerelay.vault"),
                        {installation_.path("truerelay.key"), {}, {}});
  }
  static void put(vault::Vault& vault, const std::string& name, vault::Kind kind,
                  const Redacted& value) {
    const vault::Result<void> result = vault.put(name, kind, value);
    ASSERT_TRUE(result) << result.error();
  }
  void replace(const std::string& name, std::string_view bytes) {
    installation_.write(name, bytes);
  }

  // A session that says these lines; the last answer.
  std::string converse(const RunningEngine& engine, const std::vector<std::string>& lines) {
    SmtpSocket client(engine.port());
    std::string answer = client.hear();
    for (const std::string& line : lines) {
      heard_ += answer + "\n";
      answer = client.say(line);
    }
    heard_ += answer + "\n";
    return answer;
  }
  std::vector<std::string> a_message() const {
    return {"EHLO erp.example", "AUTH PLAIN " + plain("erp", kUserPassword),
            "MAIL FROM:<erp@example.org>", "RCPT TO:<a@example.net>"};
  }
  void expect_no_canary(const std::string& text, const std::string& where) const {
    for (const std::string_view secret : {kUpstreamPassword, kClientSecret, kUserPassword,
                                          kWrongPassword, std::string_view(key_).substr(0, 43)}) {
      for (const std::string& shape : shapes_of(secret)) {
        EXPECT_EQ(text.find(shape), std::string::npos) << shape << " in " << where;
      }
    }
  }

  std::string key_;
};

TEST_F(Canaries, AreFoundNowhere) {
  {
    const RunningEngine engine(installation_.config());
    const std::string refused = converse(engine, a_message());
    EXPECT_TRUE(refused.starts_with("554-5.7.8 ")) << refused;

    for (const std::vector<std::string>& wrong :
         {std::vector<std::string>{"EHLO x", "AUTH PLAIN " + plain("erp", kWrongPassword)},
          {"EHLO x", "AUTH LOGIN", base64_encode("erp"), base64_encode(kWrongPassword)},
          {"EHLO x", "AUTH LOGIN", base64_encode(kUserPassword), base64_encode(kUserPassword)}}) {
      const std::string answer = converse(engine, wrong);
      EXPECT_TRUE(answer.starts_with("535 5.7.8 ")) << answer;
    }
    // In the wrong place, and in no form at all.
    converse(engine,
             {"EHLO x", base64_encode(kUserPassword), std::string(kUserPassword),
              "AUTH PLAIN " + std::string(kUserPassword), "AUTH " + std::string(kUserPassword)});

    const std::string whole = installation_.read("truerelay.vault");
    std::string damaged = whole;
    damaged.back() = static_cast<char>(damaged.back() ^ 1);
    for (const std::string& bytes : {damaged, whole.substr(0, 90), std::string("a foreign file")}) {
      replace("truerelay.vault", bytes);
      const std::string answer = converse(engine, {"EHLO x", a_message()[1]});
      EXPECT_TRUE(answer.starts_with("454 4.7.0 ")) << answer;
    }
    replace("truerelay.vault", whole);
    RunningEngine::ask_all_to_stop();
  }
  // With another key, from the start on.
  replace("truerelay.key", std::string(vault::Key::draw().text().reveal()) + "\n");
  {
    const RunningEngine engine(installation_.config());
    const std::string answer = converse(engine, {"EHLO x", a_message()[1]});
    EXPECT_TRUE(answer.starts_with("454 4.7.0 ")) << answer;
    RunningEngine::ask_all_to_stop();
  }
  replace("truerelay.key", "");

  expect_no_canary(heard_, "what the clients heard");
  for (const Installation* const each : {&installation_, &certified_}) {
    for (const auto& entry : std::filesystem::recursive_directory_iterator(each->path(""))) {
      if (entry.is_regular_file()) {
        const std::string name = entry.path().lexically_relative(each->path("")).generic_string();
        expect_no_canary(each->read(name), name);
      }
    }
  }
  const std::string log = installation_.read("truerelay.log");
  EXPECT_NE(log.find("wrong user or password"), std::string::npos) << "that it was looked at";
  EXPECT_NE(log.find("its seal does not hold"), std::string::npos);
}

}  // namespace
}  // namespace truerelay::app
