"""The words of early warnings."""

from django.db import models
from django.utils.translation import pgettext_lazy


class State(models.TextChoices):
    DRAFT = "draft", pgettext_lazy("warning", "Draft")
    PROPOSED = "proposed", pgettext_lazy("warning", "Waiting for signature")
    RETURNED = "returned", pgettext_lazy("warning", "Returned")
    SIGNED = "signed", pgettext_lazy("warning", "Signed")
    IN_FORCE = "in_force", pgettext_lazy("warning", "In force")
    ADJUSTED = "adjusted", pgettext_lazy("warning", "Replaced by an adjusted one")
    LIFTED = "lifted", pgettext_lazy("warning", "Lifted")
    WITHDRAWN = "withdrawn", pgettext_lazy("warning", "Withdrawn")


class Verb(models.TextChoices):
    REVISE = "revise", pgettext_lazy("warning", "Change the draft")
    PROPOSE = "propose", pgettext_lazy("warning", "Propose for signature")
    WITHDRAW = "withdraw", pgettext_lazy("warning", "Withdraw")
    SIGN = "sign", pgettext_lazy("warning", "Sign")
    RETURN = "return", pgettext_lazy("warning", "Return")
    ESCALATE = "escalate", pgettext_lazy("warning", "Ask the next one to sign")
    PUSH = "push", pgettext_lazy("warning", "Push to the platform")
    ADJUST = "adjust", pgettext_lazy("warning", "Adjust")
    REPLACE = "replace", pgettext_lazy("warning", "Replace")
    LIFT = "lift", pgettext_lazy("warning", "Lift")
    CALL = "call", pgettext_lazy("warning", "Record a call")
    REPORT = "report", pgettext_lazy("warning", "Record an upward report")


class Owner(models.TextChoices):
    """Whose turn it is."""

    DRAFTER = "drafter", pgettext_lazy("warning", "the drafter")
    SIGNATORY = "signatory", pgettext_lazy("warning", "the signatory")
    SYSTEM = "system", pgettext_lazy("warning", "the system")
    DESK = "desk", pgettext_lazy("warning", "the duty room")
    NOBODY = "nobody", pgettext_lazy("warning", "nobody")


class SignedAs(models.TextChoices):
    """In what capacity somebody signs."""

    HOLDER = "holder", pgettext_lazy("signature", "as the signatory")
    DEPUTY = "deputy", pgettext_lazy("signature", "as the standing deputy")
    DELEGATE = "delegate", pgettext_lazy("signature", "by delegation")
    HIGHER = "higher", pgettext_lazy("signature", "as the next higher signatory")


class Credential(models.TextChoices):
    """What was asked again at the moment of signing."""

    PASSWORD = "password", pgettext_lazy("signature", "password")
    TOTP = "totp", pgettext_lazy("signature", "one-time code")
    WEBAUTHN = "webauthn", pgettext_lazy("signature", "security key")


class CallOutcome(models.TextChoices):
    """How a telephone call to a first responder ended."""

    ANSWERED = "answered", pgettext_lazy("call", "Answered")
    NO_ANSWER = "no_answer", pgettext_lazy("call", "No answer")
    BUSY = "busy", pgettext_lazy("call", "Busy")
    PASSED_ON = "passed_on", pgettext_lazy("call", "Passed on to somebody else")


class ReportState(models.TextChoices):
    DRAFTED = "drafted", pgettext_lazy("upward report", "Drafted")
    SENT = "sent", pgettext_lazy("upward report", "Sent")


class ReportChannel(models.TextChoices):
    """By which way a report went to an authority that is not in this system."""

    PHONE = "phone", pgettext_lazy("upward report", "by telephone")
    FAX = "fax", pgettext_lazy("upward report", "by fax")
    INTRANET = "intranet", pgettext_lazy("upward report", "over the government network")
    IN_PERSON = "in_person", pgettext_lazy("upward report", "in person")
