#pragma once

#include "observe/events.h"
#include "tests/simulation/sweep/books.h"
#include "tests/simulation/sweep/census.h"
#include "tests/simulation/sweep/mail_client.h"

namespace truerelay::simulation {

// Counts how a client went about it, and what was said to its logins.
void count_client(MailClient& client, Census& census);
// Counts what a client was told of a letter, by the rows of the relay's replies.
void count_told(const Told& told, Census& census);
// And how the relay came to it.
void count_record(const observe::MessageRecord& record, Census& census);

}  // namespace truerelay::simulation
