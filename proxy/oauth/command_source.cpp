#include "oauth/command_source.h"

#include <fmt/core.h>

namespace truerelay::oauth {
namespace {

TokenFailure of_command(const std::string& program, std::string_view what) {
  return {.permanent = false,
          .cause = fmt::format("the token_command {} {}", program, what),
          .remedy = "Run it by hand, as the user of the service; truerelay tries again by itself"};
}

}  // namespace

TokenResult<Token> read_command_output(const Redacted& output, const std::string& program) {
  std::string_view text = output.reveal();
  const std::size_t first = text.find_first_not_of(" \t\r\n");
  const std::size_t last = text.find_last_not_of(" \t\r\n");
  text = first == text.npos ? "" : text.substr(first, last - first + 1);
  if (text.starts_with('{')) {
    TokenResult<Token> token =
        read_token_response({.status = 200, .body = Redacted(std::string(text))}, {});
    if (!token && token.error().error.empty()) {
      return std::unexpected(
          of_command(program,
                     "printed JSON that is not the answer of a token endpoint: access_token is "
                     "missing or of no use"));
    }
    if (!token) {
      token.error().permanent = false;
    }
    return token;
  }
  if (text.empty()) {
    return std::unexpected(of_command(program, "printed nothing"));
  }
  if (!is_token(text)) {
    return std::unexpected(of_command(
        program, "printed something else than a token on one line, or JSON with access_token"));
  }
  Token token;
  token.access = Redacted(std::string(text));
  token.lifetime = kUnknownLifetime;
  return token;
}

io::Task<TokenResult<Token>> CommandSource::fetch(io::Time deadline,
                                                  io::Cancellation& cancellation) {
  const std::expected<Redacted, std::string> output =
      co_await runner_.run(command_, deadline, cancellation);
  if (!output) {
    co_return std::unexpected(of_command(command_.front(), output.error()));
  }
  co_return read_command_output(*output, command_.front());
}

}  // namespace truerelay::oauth
