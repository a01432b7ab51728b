#pragma once

#include <memory>
#include <set>
#include <string>
#include <utility>

#include "oauth/refresh_token_source.h"
#include "tests/oauth/provider.h"

namespace truerelay::oauth {

// A provider with rotation and reuse detection: a token that was replaced ends the grant.
class RotatingProvider final : public TokenEndpoint {
 public:
  RotatingProvider(std::string first, simulation::World& world)
      : valid(std::move(first)), world_(world) {}

  io::Task<io::Result<Answer>> post(std::string /*url*/, Form form, io::Time /*deadline*/,
                                    io::Cancellation& cancellation) override {
    if (takes > io::Duration{}) {
      static_cast<void>(co_await io::Sleep(world_, world_, world_.now() + takes, cancellation));
    }
    const std::string sent = value_of(form, "refresh_token").value_or("");
    if (!alive || sent != valid) {
      reused = reused || spent.contains(sent);
      alive = false;
      co_return answer_of(400, R"({"error":"invalid_grant"})");
    }
    if (unreachable > 0) {
      --unreachable;
      co_return io::fail(io::Failure::Kind::reset, "the line broke before it was asked");
    }
    spent.insert(valid);
    valid = "R" + std::to_string(++rotations);
    co_return answer_of(200, bad_access
                                 ? R"({"access_token":"A\n","refresh_token":")" + valid + "\"}"
                                 : token_body("A" + std::to_string(rotations), valid));
  }

  std::string valid;
  std::set<std::string> spent;
  int rotations = 0;
  int unreachable = 0;
  bool bad_access = false;
  bool alive = true;
  bool reused = false;
  io::Duration takes{};

 private:
  simulation::World& world_;
};

struct Rotation : Stage {
  RotatingProvider rotating{"R0", world};

  Rotation() { store.secrets["login"] = "R0"; }
  [[nodiscard]] std::unique_ptr<RefreshTokenSource> source() {
    return std::make_unique<RefreshTokenSource>(
        RefreshTokenSource::Settings{.client = {.id = "app"},
                                     .refresh_token = "login",
                                     .token_endpoint = "https://login.example/token"},
        SourceParts{rotating, store, digest_key, parts().proof}, note());
  }
  std::string fetch(RefreshTokenSource& source) {
    const TokenResult<Token> token =
        run(source.fetch(world.now() + std::chrono::seconds(30), never));
    return token ? std::string(token->access.reveal()) : token.error().cause;
  }
  bool save(RefreshTokenSource& source) { return run(saved(source)); }
  static io::Task<bool> saved(RefreshTokenSource& source) {
    co_await source.save();
    co_return !source.unsaved();
  }
};

}  // namespace truerelay::oauth
