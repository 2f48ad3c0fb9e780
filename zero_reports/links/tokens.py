"""The secrets of one-tap links."""

from accounts.links.secrets import Secrets

SECRETS = Secrets("zero_reports.links", size=9)
