#pragma once

#include <string_view>

#include "sandbox/ledger.h"
#include "sandbox/settings.h"
#include "smtp/reply.h"

namespace truerelay::sandbox {

// The texts of the practice upstream that are more than a line of code: worded as the large
// providers word theirs, so that what an ERP shows its users can be judged before going live.

// Which command an ordered reply answers.
enum class Stage { sender, recipient, data };

// The reply to an order's code.
[[nodiscard]] smtp::Reply ordered_reply(int code, Stage stage);

// 250 to the end of the data, with a message id that is unique to the envelope.
[[nodiscard]] smtp::Reply accepted_reply(const Settings& settings, const Envelope& envelope);

// 214: the commands, and how orders are written.
[[nodiscard]] smtp::Reply help_reply();

}  // namespace truerelay::sandbox
