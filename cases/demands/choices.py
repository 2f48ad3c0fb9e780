"""The words of demands: where they came from, what was done, what a reply says. Never a word about who made them."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class DemandOrigin(models.TextChoices):
    COUNTER = "counter", _("At the counter")
    INCIDENT = "incident", _("At an incident")
    MATTER = "matter", _("From a reported matter")
    TRANSFER = "transfer", _("Transferred to us")
    NOTE = "note", _("By a leader's note")


class PassedOn(models.TextChoices):
    """By whom it came, where that asks for more than an answer. Source: Jintan campaign rules §六1."""

    GOVERNMENT = "government", _("Party or government of our level or above")
    PRINCIPAL = "principal", _("Its principal leaders, who want the result reported")


class DemandOutcome(models.TextChoices):
    """Source: Petition Work Regulations art. 32: supported, explained, not supported."""

    SUPPORTED = "supported", _("Supported: founded in fact and law")
    EXPLAINED = "explained", _("Explained: reasonable, without a basis in law")
    NOT_SUPPORTED = "not_supported", _("Not supported: without a basis in fact, or against the law")


class Told(models.TextChoices):
    """How somebody was told or handed something."""

    IN_PERSON = "in_person", _("In person")
    IN_WRITING = "in_writing", _("In writing")
    BY_PHONE = "by_phone", _("By telephone")
    BY_POST = "by_post", _("By post")
    ONLINE = "online", _("Online")


class DemandVerb(models.TextChoices):
    REGISTER = "register", pgettext_lazy("demand", "Register")
    ASSIGN = "assign", _("Lead and supporting units named")
    RECEIPT = "receipt", _("Written notice given, accepted")
    PROMISE = "promise", _("Time limit promised")
    CONTACTED = "contacted", _("Contacted and told the time limit")
    FIRST_RESPONSE = "first_response", _("First answer given")
    PROGRESS_TOLD = "progress_told", _("Progress told")
    RESULT_TOLD = "result_told", _("Result told")
    FOLLOWED = "followed", _("Followed up")
    ACCUSATION = "accusation", _("Accusation kept from whom it names")
    EXTEND = "extend", _("Time limit extended")
    PAUSE = "pause", _("Time limit paused")
    RESUME = "resume", _("Time limit goes on")
    TRANSFER = "transfer", _("Transferred")
    OBJECT = "object", _("Objection to the transfer")
    REPLY_ISSUED = "reply_issued", _("Reply issued")
    DELIVER = "deliver", _("Reply delivered")
    STATUTORY_STEP = "statutory_step", _("Step of the statute")
    CLOSE_DEMAND = "close_demand", _("Demand closed")
