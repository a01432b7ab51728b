"""truerelay in front of Postfix, by TLS from the start as on port 465."""

import unittest

from clients import Msmtp, Smtplib, Swaks
from postfix import Postfix
from scenarios import ClientScenarios
from session_scenarios import SessionScenarios
from stage import Stage
from upstream import Tls

stage = Stage(Postfix, Tls.IMPLICIT)
setUpModule = stage.open
tearDownModule = stage.close


class WithSwaks(ClientScenarios):
    stage = stage
    client = Swaks()


class WithMsmtp(ClientScenarios):
    stage = stage
    client = Msmtp()


class WithSmtplib(ClientScenarios):
    stage = stage
    client = Smtplib()


class OfItsSessions(SessionScenarios):
    stage = stage


# What is imported to be inherited from is not itself a test.
del ClientScenarios, SessionScenarios

if __name__ == "__main__":
    unittest.main()
