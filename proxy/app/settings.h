#pragma once

#include "config/config.h"
#include "observe/log.h"
#include "relay/settings.h"

namespace truerelay::app {

// From the configuration, which was checked, to what each part wants to know of it.
[[nodiscard]] relay::ListenerSettings listener_settings(const config::Listener& listener);
[[nodiscard]] relay::UpstreamSettings upstream_settings(const config::Upstream& upstream);
[[nodiscard]] observe::LogSettings log_settings(const config::Log& log);
[[nodiscard]] auth::Credentials::Kind secret_kind(const config::Upstream& upstream);

}  // namespace truerelay::app
