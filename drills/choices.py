"""The words of drills. Those of exercises follow HSEEP, in the Chinese of the field."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class ScenarioKind(models.TextChoices):
    CROWD = "crowd", pgettext_lazy("drill", "Crowd")
    LIFE_RISK = "life_risk", pgettext_lazy("drill", "Danger to life")
    DISPUTE = "dispute", pgettext_lazy("drill", "Dispute that grows")
    LINKAGE = "linkage", pgettext_lazy("drill", "Linkage with other agencies")
    OTHER = "other", pgettext_lazy("drill", "Other drill")


class Content(models.TextChoices):
    """What a drill trains: the five contents of district plan §6.2."""

    LINKAGE = "linkage", _("Linkage in an emergency")
    ASSEMBLY = "assembly", _("Assembling at once")
    COOPERATION = "cooperation", _("Working together")
    RESCUE = "rescue", _("Rescue on the spot")
    SUPPORT = "support", _("Support and supply")


class InjectChannel(models.TextChoices):
    PHONE = "phone", pgettext_lazy("inject", "By telephone")
    IN_PERSON = "in_person", pgettext_lazy("inject", "In person")
    RADIO = "radio", pgettext_lazy("inject", "By radio")
    SYSTEM = "system", pgettext_lazy("inject", "In the system")
    ONLINE = "online", pgettext_lazy("inject", "Online")


class ActKind(models.TextChoices):
    """What the player does by itself, through the rooms' own actions."""

    ALARM = "alarm", _("Raises the alarm")
    OBSERVE = "observe", _("Adds an observation")
    ANSWER_ORDER = "answer_order", _("Answers an order")
    LINKAGE_ORDER = "linkage_order", _("Sends an order of a joint command centre")


class DrillState(models.TextChoices):
    PLANNED = "planned", pgettext_lazy("drill", "Planned")
    RUNNING = "running", pgettext_lazy("drill", "Running")
    PAUSED = "paused", pgettext_lazy("drill", "Paused")
    FINISHED = "finished", pgettext_lazy("drill", "Finished, to be reviewed")
    REVIEWED = "reviewed", pgettext_lazy("drill", "Reviewed")
    CANCELLED = "cancelled", pgettext_lazy("drill", "Cancelled")


class DrillVerb(models.TextChoices):
    CHANGE = "change", pgettext_lazy("drill", "Change the plan")
    START = "start", pgettext_lazy("drill", "Start")
    PAUSE = "pause", pgettext_lazy("drill", "Pause")
    RESUME = "resume", pgettext_lazy("drill", "Go on")
    INJECT = "inject", pgettext_lazy("drill", "Inject by hand")
    FINISH = "finish", pgettext_lazy("drill", "Finish")
    CANCEL = "cancel", pgettext_lazy("drill", "Cancel the drill")
    NOTE = "note", pgettext_lazy("drill", "Write down what was seen")
    RATE = "rate", pgettext_lazy("drill", "Rate an objective")
    REVIEW = "review", pgettext_lazy("drill", "End the review")


class InjectState(models.TextChoices):
    WAITING = "waiting", pgettext_lazy("inject", "To come")
    PLAYED = "played", pgettext_lazy("inject", "Played")
    FAILED = "failed", pgettext_lazy("inject", "Could not be played")


class StaffRole(models.TextChoices):
    """Who takes part without playing."""

    CONTROLLER = "controller", pgettext_lazy("drill", "Controller")
    EVALUATOR = "evaluator", pgettext_lazy("drill", "Evaluator")


class Grade(models.TextChoices):
    """The four grades of HSEEP, for an objective; never for a person or a unit."""

    PERFORMED = "performed", _("Performed without challenges")
    SOME = "some", _("Performed with some challenges")
    MAJOR = "major", _("Performed with major challenges")
    UNABLE = "unable", _("Unable to be performed")
