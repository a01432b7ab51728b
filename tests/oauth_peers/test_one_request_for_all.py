"""However many clients wait for a token, it is asked for once."""

import concurrent.futures
import time
import unittest

from bed import Bed
from scenario import ProgramTest

CLIENTS = 64

bed = Bed()
setUpModule = bed.open
tearDownModule = bed.close


class OneRequest(ProgramTest):
    bed = bed

    def test_is_caused_by_64_clients_at_once_on_a_cold_cache(self) -> None:
        door = bed.doors["office365"]
        program = self.with_secret(door)
        before = len(bed.provider.requests())
        # Long enough for all of them to be there before the answer is.
        with bed.provider.fault("delay", seconds=2), \
                concurrent.futures.ThreadPoolExecutor(CLIENTS) as pool:
            program.start()
            sent = [pool.submit(self.send, program) for _ in range(CLIENTS)]
            for recipient, _, heard in (each.result() for each in sent):
                self.assertTrue(heard.believes_it_is_sent, self.explain(program, heard))
                bed.mail.wait_for(recipient)
        self.assertEqual(len(bed.provider.requests()) - before, 1)

    def test_replaces_a_token_that_was_refused_to_all_of_them(self) -> None:
        door = bed.doors["gmail"]
        program = self.with_secret(door, idle_close="1s")
        program.start()
        self.assert_is_accepted(program, door)
        refused = len(bed.mail.logins())
        before = len(bed.provider.requests())
        time.sleep(2)  # Until the connection that is logged in already is closed.
        bed.provider.forget_access_tokens()
        with concurrent.futures.ThreadPoolExecutor(CLIENTS) as pool:
            for recipient, _, heard in pool.map(lambda _: self.send(program), range(CLIENTS)):
                self.assertTrue(heard.believes_it_is_sent, self.explain(program, heard))
                bed.mail.wait_for(recipient)
        self.assertTrue(any(not each["good"] for each in bed.mail.logins()[refused:]))
        self.assertEqual(len(bed.provider.requests()) - before, 1)


del ProgramTest  # What is inherited from is not itself a test.

if __name__ == "__main__":
    unittest.main()
