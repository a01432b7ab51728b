#pragma once

#include <cstdint>
#include <string_view>

#include "relay/failure.h"
#include "relay/settings.h"
#include "smtp/reply.h"

namespace truerelay::relay {

// Every reply that is the relay's own and not the upstream's: one table, so that no reply is made
// up in passing. 2xx and 3xx here make no claim about the upstream.

// A failure towards an upstream, with cause, the upstream's words where it said any, and the
// remedy.
[[nodiscard]] smtp::Reply reply_for(const Failure& failure, const UpstreamSettings& upstream);

namespace own {

[[nodiscard]] smtp::Reply greeting(std::string_view host_name);
[[nodiscard]] smtp::Reply hello(std::string_view host_name, std::string_view client);
[[nodiscard]] smtp::Reply sender_noted();
// 354: the upstream takes chunks, which it need not be asked for.
[[nodiscard]] smtp::Reply go_ahead();
// The upstream's acceptance, and after it which upstream that was.
[[nodiscard]] smtp::Reply taken_by_fallback(smtp::Reply acceptance, std::string_view fallback,
                                            std::string_view first);
[[nodiscard]] smtp::Reply reset_done();
[[nodiscard]] smtp::Reply nothing_done();
[[nodiscard]] smtp::Reply cannot_verify();
[[nodiscard]] smtp::Reply help();
[[nodiscard]] smtp::Reply goodbye(std::string_view host_name);
[[nodiscard]] smtp::Reply ready_for_tls();
[[nodiscard]] smtp::Reply not_allowed(std::string_view address, std::string_view listener);
[[nodiscard]] smtp::Reply too_many_clients(std::string_view listener);
[[nodiscard]] smtp::Reply foreign_protocol(std::string_view what);
[[nodiscard]] smtp::Reply hello_first();
[[nodiscard]] smtp::Reply authenticate_first();
[[nodiscard]] smtp::Reply log_in_first();
[[nodiscard]] smtp::Reply tls_first();
[[nodiscard]] smtp::Reply logged_in();
[[nodiscard]] smtp::Reply wrong_login();
[[nodiscard]] smtp::Reply users_unavailable();
[[nodiscard]] smtp::Reply nested_mail();
[[nodiscard]] smtp::Reply mail_first();
[[nodiscard]] smtp::Reply no_recipients();
[[nodiscard]] smtp::Reply too_many_recipients();
[[nodiscard]] smtp::Reply too_large(std::uint64_t limit);
[[nodiscard]] smtp::Reply bad_line_ends();
[[nodiscard]] smtp::Reply not_implemented(std::string_view verb);
[[nodiscard]] smtp::Reply no_auth_here();
[[nodiscard]] smtp::Reply auth_not_now();
[[nodiscard]] smtp::Reply unknown_mechanism();
[[nodiscard]] smtp::Reply auth_cancelled();
[[nodiscard]] smtp::Reply auth_malformed();
[[nodiscard]] smtp::Reply pipelined_tls();
[[nodiscard]] smtp::Reply line_too_long();
[[nodiscard]] smtp::Reply too_many_errors();
[[nodiscard]] smtp::Reply client_too_slow();
[[nodiscard]] smtp::Reply incomplete();
[[nodiscard]] smtp::Reply stopping();
[[nodiscard]] smtp::Reply settings_changed();

}  // namespace own
}  // namespace truerelay::relay
