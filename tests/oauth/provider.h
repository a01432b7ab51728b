#pragma once

#include <algorithm>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "io/scope.h"
#include "io/sleep.h"
#include "oauth/jwt_signer.h"
#include "oauth/note.h"
#include "oauth/request_sources.h"
#include "oauth/secret_store.h"
#include "oauth/token_endpoint.h"
#include "tests/simulation/world.h"

namespace truerelay::oauth {

// The value of a field of a form, or nullopt.
inline std::optional<std::string> value_of(const Form& form, std::string_view name) {
  for (const Field& field : form) {
    if (field.name == name) {
      return std::string(field.value.reveal());
    }
  }
  return std::nullopt;
}

inline Answer answer_of(unsigned status, std::string body,
                        std::optional<io::Duration> retry_after = std::nullopt) {
  return {.status = status, .retry_after = retry_after, .body = Redacted(std::move(body))};
}

// {"access_token":"A1",...}
inline std::string token_body(std::string_view access, std::string_view refresh = "",
                              int lifetime = 3600) {
  std::string body = "{\"token_type\":\"Bearer\",\"expires_in\":" + std::to_string(lifetime) +
                     ",\"access_token\":\"" + std::string(access) + "\"";
  if (!refresh.empty()) {
    body += ",\"refresh_token\":\"" + std::string(refresh) + "\"";
  }
  return body + "}";
}

// A provider that answers each request after a while, in the order of its script; the last line of
// that is repeated.
class ScriptedProvider final : public TokenEndpoint {
 public:
  struct Request {
    std::string url;
    Form form;
    io::Time at;
  };
  explicit ScriptedProvider(simulation::World& world) : world_(world) {}

  void answer(unsigned status, std::string body,
              std::optional<io::Duration> retry_after = std::nullopt) {
    script_.push_back([=] { return io::Result<Answer>(answer_of(status, body, retry_after)); });
  }
  void fail(io::Failure::Kind kind, std::string detail) {
    script_.push_back([=]() -> io::Result<Answer> { return io::fail(kind, detail); });
  }

  io::Task<io::Result<Answer>> post(std::string url, Form form, io::Time deadline,
                                    io::Cancellation& cancellation) override {
    requests.push_back({std::move(url), std::move(form), world_.now()});
    if (asked) {
      asked(requests.back().form);
    }
    const io::Time done = world_.now() + takes;
    const bool slept = co_await io::Sleep(world_, world_, std::min(done, deadline), cancellation);
    if (!slept) {
      co_return io::fail(io::Failure::Kind::cancelled, "given up");
    }
    if (done > deadline) {
      co_return io::fail(io::Failure::Kind::timed_out, "no answer in time");
    }
    io::Result<Answer> answer = script_.front()();
    if (script_.size() > 1) {
      script_.pop_front();
    }
    co_return answer;
  }

  // What was sent as `name`, request by request.
  [[nodiscard]] std::vector<std::string> sent(std::string_view name) const {
    std::vector<std::string> values;
    for (const Request& request : requests) {
      values.push_back(value_of(request.form, name).value_or("(none)"));
    }
    return values;
  }

  io::Duration takes = std::chrono::milliseconds(200);
  std::function<void(const Form&)> asked;
  std::vector<Request> requests;

 private:
  simulation::World& world_;
  std::deque<std::function<io::Result<Answer>()>> script_;
};

// Secrets in memory; what is done with them is written down, and each thing can be made to fail.
class MemoryStore final : public SecretStore {
 public:
  explicit MemoryStore(simulation::World& world) : world_(world) {}

  io::Task<std::expected<Redacted, NoSecret>> get(std::string name) override {
    if (shut) {
      co_return std::unexpected(NoSecret{.sentence = "The store is shut"});
    }
    const auto found = secrets.find(name);
    if (found == secrets.end()) {
      co_return std::unexpected(
          NoSecret{.missing = true, .sentence = "There is no secret " + name});
    }
    Redacted secret(std::string(found->second));
    if (when_got) {
      when_got();
    }
    co_return secret;
  }
  io::Task<std::expected<bool, std::string>> replace(std::string name, Redacted old,
                                                     Redacted secret) override {
    const auto found = secrets.find(name);
    if (found == secrets.end() || found->second != old.reveal()) {
      co_return false;
    }
    const std::expected<void, std::string> done = co_await put(name, std::move(secret));
    if (!done) {
      co_return std::unexpected(done.error());
    }
    co_return true;
  }
  io::Task<std::expected<std::unique_ptr<Reservation>, std::string>> reserve(
      std::string name, io::Time deadline, io::Cancellation& cancellation) override {
    struct Held final : Reservation {
      Held(std::set<std::string>& all, std::string own) : names(all), name(std::move(own)) {}
      ~Held() override { names.erase(name); }
      std::set<std::string>& names;
      std::string name;
    };
    while (reserved.contains(name)) {
      const io::Time next = world_.now() + std::chrono::milliseconds(10);
      const bool slept = co_await io::Sleep(world_, world_, next, cancellation);
      if (!slept || next >= deadline) {
        co_return std::unexpected("another truerelay is renewing " + name);
      }
    }
    reserved.insert(name);
    co_return std::make_unique<Held>(reserved, name);
  }
  io::Task<std::expected<void, std::string>> put(std::string name, Redacted secret) override {
    ++puts;
    if (failing_puts > 0) {
      --failing_puts;
      if (written_all_the_same) {
        secrets[name] = secret.reveal();
      }
      co_return std::unexpected("The disk is full");
    }
    secrets[name] = secret.reveal();
    if (when_put) {
      when_put();
    }
    co_return std::expected<void, std::string>{};
  }

  std::map<std::string, std::string> secrets;
  int puts = 0;
  int failing_puts = 0;
  bool written_all_the_same = false;
  bool shut = false;
  std::set<std::string> reserved;
  std::function<void()> when_put;
  std::function<void()> when_got;

 private:
  simulation::World& world_;
};

// Signs by turning the message round: enough to see what was signed.
class MirrorSigner final : public JwtSigner {
 public:
  explicit MirrorSigner(std::string thumbprint) : thumbprint_(std::move(thumbprint)) {}
  std::string_view algorithm() const override { return "PS256"; }
  std::string_view thumbprint() const override { return thumbprint_; }
  std::expected<std::string, std::string> sign(std::string_view message) const override {
    return std::string(message.rbegin(), message.rend());
  }

 private:
  std::string thumbprint_;
};

// A signer for every key but an empty or a broken one.
inline MakeSigner mirror_signers() {
  return [](const Redacted& key,
            const Redacted& certificate) -> std::expected<std::unique_ptr<JwtSigner>, std::string> {
    if (key.reveal() == "broken") {
      return std::unexpected("The private key cannot be used.");
    }
    return std::make_unique<MirrorSigner>(certificate.empty() ? "" : "thumbprint");
  };
}

// A provider, a store and a world for what asks the one with secrets of the other.
struct Stage {
  simulation::World world{1};
  ScriptedProvider provider{world};
  MemoryStore store{world};
  std::array<std::byte, digest::Key::kSize> octets{};
  digest::Key digest_key{octets};
  io::Cancellation never;
  std::vector<std::pair<Weight, std::string>> notes;

  Random random() {
    return [this] { return world.random().next(); };
  }
  SourceParts parts() { return {provider, store, digest_key, {mirror_signers(), random(), world}}; }
  Note note() {
    return [this](Weight weight, std::string_view text) {
      notes.emplace_back(weight, std::string(text));
    };
  }
  // Runs a task to its end.
  template <class T>
  T run(io::Task<T> task) {
    std::optional<T> result;
    io::Scope scope(world);
    scope.spawn(store_in(std::move(task), result));
    world.run_until([&] { return result.has_value(); });
    return *std::move(result);
  }

 private:
  template <class T>
  static io::Task<void> store_in(io::Task<T> task, std::optional<T>& into) {
    T value = co_await std::move(task);
    into.emplace(std::move(value));
  }
};

}  // namespace truerelay::oauth
