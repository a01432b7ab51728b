#include "app/provider_endpoint.h"

#include <utility>
#include <vector>

#include "http/form.h"
#include "http/retry_after.h"

namespace truerelay::app {

io::Task<io::Result<oauth::Answer>> ProviderEndpoint::post(std::string url, oauth::Form form,
                                                           io::Time deadline,
                                                           io::Cancellation& cancellation) {
  const std::expected<http::Url, std::string> target = http::parse_url(url);
  if (!target) {
    co_return io::fail(io::Failure::Kind::unreachable, "the address " + target.error());
  }
  std::vector<http::FormField> fields;
  for (const oauth::Field& field : form) {
    fields.push_back({field.name, field.value.reveal()});
  }
  http::Request request{.method = http::Method::post,
                        .url = *target,
                        .headers = {{"Content-Type", "application/x-www-form-urlencoded"},
                                    {"Accept", "application/json"}},
                        .body = http::encode_form(fields)};
  io::Result<http::Response> response =
      co_await client_.send(std::move(request), deadline, cancellation, oauth::kLongestAnswer);
  if (!response) {
    co_return std::unexpected(std::move(response.error()));
  }
  oauth::Answer answer;
  answer.status = static_cast<unsigned>(response->status);
  if (const std::string* after = http::find(response->headers, "Retry-After")) {
    answer.retry_after = http::parse_retry_after(*after, clock_.wall_now());
  }
  answer.body = std::move(response->body);
  co_return answer;
}

}  // namespace truerelay::app
