"""truerelay in front of OpenSMTPD, by STARTTLS as on port 587."""

import unittest

from clients import Msmtp, Smtplib, Swaks
from opensmtpd import OpenSmtpd
from scenarios import ClientScenarios
from session_scenarios import SessionScenarios
from stage import Stage
from upstream import Tls

stage = Stage(OpenSmtpd, Tls.STARTTLS)
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
