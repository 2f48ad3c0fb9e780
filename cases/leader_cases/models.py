"""A leader case: one matter, one leader, one team, one plan, to the end. Never about a person."""

from datetime import datetime

from django.conf import settings
from django.db import models
from django.db.models import Exists, F, OuterRef, Q

from cases.demands.choices import Told
from cases.demands.models import NEVER
from cases.leader_cases import rules
from cases.leader_cases.choices import FOUND_ZH, CaseState, CaseVerb
from common.database.paths import PathField
from journal.keys import key
from plans.document.words import Words, named
from plans.engine.facts import FACTS, value_in_words

S = CaseState
_LIVE = Q(state__in=[S.PROPOSED, S.LISTED, S.RUNNING, S.REPORTED, S.CHECKED, S.TOLD])
_LED = ~Q(state__in=[S.PROPOSED, S.DECLINED])
_CHECKED = Q(state__in=[S.CHECKED, S.TOLD, S.CLOSED])


class LeaderCaseQuerySet(models.QuerySet):
    def visible_to(self, reach):
        """Those of the own units and below, of matters there, of teams one's unit is in, and those one leads."""
        team = LeaderCase.team_units.through.objects.filter(
            reach.filter("report.view", field="unit__path"), leadercase=OuterRef("pk")
        )
        mine = reach.filter("report.view") | reach.filter("report.view", field="about_path")
        seen = mine | Q(leader=reach.user.pk) | Q(Exists(team))
        closed = reach.open_rows(
            leader_case="pk", demand="demand_id", matter="matter_id", incident="incident_id"
        )
        return self.filter(seen, closed)

    def live(self):
        return self.filter(_LIVE)


class LeaderCase(models.Model):
    number = models.CharField(max_length=60, unique=True)
    #: What it is about: exactly one of the three.
    matter = models.ForeignKey(
        "cases.Matter", null=True, blank=True, on_delete=models.PROTECT, related_name="leader_cases"
    )
    incident = models.ForeignKey(
        "incidents.Incident", null=True, blank=True, on_delete=models.PROTECT, related_name="leader_cases"
    )
    demand = models.ForeignKey(
        "cases.Demand", null=True, blank=True, on_delete=models.PROTECT, related_name="leader_cases"
    )
    #: Where that is.
    about_path = PathField()
    point = models.CharField(max_length=300)
    #: Whose leaders decide and whose office organises: the plan's owner.
    unit = models.ForeignKey("accounts.Unit", on_delete=models.PROTECT, related_name="+")
    unit_path = PathField()
    state = models.CharField(max_length=10, choices=CaseState, default=S.PROPOSED)
    #: The plan version whose triggers proposed it and whose clock runs, "id@version".
    plan = models.CharField(max_length=120, blank=True, default="")
    proposed_at = models.DateTimeField()
    #: When it was listed, or declined.
    decided_at = models.DateTimeField(null=True, blank=True)
    #: Why it was declined, or its closing report returned last.
    reason = models.CharField(max_length=500, blank=True, default="")

    leader = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    leader_post = models.CharField(max_length=120, blank=True, default="")
    team = models.CharField(max_length=300, blank=True, default="")
    team_units = models.ManyToManyField("accounts.Unit", blank=True, related_name="+")
    measures = models.CharField(max_length=500, blank=True, default="")
    due_date = models.DateField(null=True, blank=True)
    quality = models.CharField(max_length=300, blank=True, default="")
    investigate = models.CharField(max_length=300, blank=True, default="")
    handle = models.CharField(max_length=300, blank=True, default="")
    settle = models.CharField(max_length=300, blank=True, default="")
    started_at = models.DateTimeField(null=True, blank=True)
    #: Of the clock that runs; what lists are sorted by.
    due_at = models.DateTimeField(default=NEVER)

    report = models.TextField(max_length=4000, blank=True, default="")
    reported_at = models.DateTimeField(null=True, blank=True)
    reported_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    checked_at = models.DateTimeField(null=True, blank=True)
    checked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    checked_post = models.CharField(max_length=120, blank=True, default="")
    told_at = models.DateTimeField(null=True, blank=True)
    told_how = models.CharField(max_length=10, choices=Told, blank=True, default="")
    #: Number of the paper that told them; no name.
    reply_number = models.CharField(max_length=60, blank=True, default="")
    closed_at = models.DateTimeField(null=True, blank=True)
    rev = models.PositiveIntegerField(default=1)

    objects = LeaderCaseQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(matter__isnull=False, incident__isnull=True, demand__isnull=True)
                | Q(matter__isnull=True, incident__isnull=False, demand__isnull=True)
                | Q(matter__isnull=True, incident__isnull=True, demand__isnull=False),
                name="a_leader_case_is_about_one_thing",
            ),
            models.CheckConstraint(
                condition=~_LED | Q(leader__isnull=False), name="a_listed_case_has_one_leader"
            ),
            models.CheckConstraint(
                condition=~Q(state=S.DECLINED) | ~Q(reason=""), name="a_declined_case_says_why"
            ),
            models.CheckConstraint(
                condition=Q(state__in=[S.PROPOSED, S.DECLINED, S.LISTED])
                | Q(started_at__isnull=False, due_date__isnull=False)
                & ~Q(measures="")
                & ~Q(team="")
                & ~Q(quality="")
                & ~Q(investigate="")
                & ~Q(handle="")
                & ~Q(settle=""),
                name="a_running_case_has_its_plan",
            ),
            models.CheckConstraint(
                condition=~Q(state=S.REPORTED) & ~_CHECKED
                | Q(reported_at__isnull=False, reported_by__isnull=False) & ~Q(report=""),
                name="a_reported_case_has_its_report",
            ),
            models.CheckConstraint(
                condition=~_CHECKED
                | Q(checked_at__isnull=False, checked_by__isnull=False)
                & ~Q(checked_by=F("leader"))
                & ~Q(checked_by=F("reported_by")),
                name="a_closing_report_is_checked_by_another",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=[S.TOLD, S.CLOSED])
                | Q(told_at__isnull=False) & ~Q(told_how="") & ~Q(reply_number=""),
                name="the_party_was_told_in_writing",
            ),
            models.CheckConstraint(
                condition=~Q(state=S.CLOSED) & Q(closed_at__isnull=True)
                | Q(state=S.CLOSED, closed_at__isnull=False),
                name="a_closed_case_has_its_moment",
            ),
            *(
                models.UniqueConstraint(
                    fields=[about], condition=_LIVE & Q(**{f"{about}__isnull": False}), name=f"one_live_case_per_{about}"
                )
                for about in ("matter", "incident", "demand")
            ),
        ]  # fmt: skip
        indexes = [
            models.Index(fields=["due_at", "id"], condition=_LIVE, name="leader_case_due"),
            models.Index(fields=["unit_path", "due_at"], name="leader_case_by_unit"),
            models.Index(fields=["about_path"], name="leader_case_about"),
        ]

    def __str__(self):
        return self.number

    @property
    def key(self) -> str:
        return key("leader_case", self.pk)

    @property
    def is_live(self) -> bool:
        return rules.is_live(self.state)

    @property
    def look(self) -> str:
        return rules.LOOKS.get(S(self.state), "wait")

    @property
    def due(self) -> datetime | None:
        return None if self.due_at == NEVER else self.due_at

    @property
    def about(self):
        """The matter, the incident or the demand."""
        return self.matter or self.incident or self.demand


class CaseReason(models.Model):
    """A trigger of the plan that held when it was proposed, or later; appended, with what made it so."""

    case = models.ForeignKey(LeaderCase, on_delete=models.PROTECT, related_name="reasons")
    #: The plan's id of the trigger and its words, copied.
    category = models.CharField(max_length=40)
    title_zh = models.CharField(max_length=200)
    title_en = models.CharField(max_length=240, blank=True, default="")
    cite = models.CharField(max_length=80, blank=True, default="")
    #: Fact or name of `Found` → its value; empty where somebody named the trigger by hand.
    facts = models.JSONField(default=dict, blank=True)
    #: The thing it was found at, by its journal key.
    source = models.CharField(max_length=60, blank=True, default="")
    note = models.CharField(max_length=500, blank=True, default="")
    at = models.DateTimeField()
    #: Empty: by what is on record.
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["case", "category"], name="a_trigger_counts_once_per_case")
        ]

    def __str__(self):
        return f"{self.case_id} {self.category}"

    @property
    def words(self) -> Words:
        return named({"zh": self.title_zh, "en": self.title_en or self.title_zh})

    @property
    def because(self) -> list[Words]:
        """What on record made it hold, in words."""
        return [_in_words(name, value) for name, value in self.facts.items()]


def _in_words(name: str, value) -> Words:
    if name in FOUND_ZH:
        return FOUND_ZH[name]
    words = FACTS[name].words
    if value is True:
        return words
    said = value_in_words(
        name, (value["low"], value["high"]) if isinstance(value, dict) and "low" in value else value
    )
    return Words(f"{words.zh}：{said.zh}", f"{words.en}: {said.en}")


class LeaderCaseStep(models.Model):
    """One act on a leader case, appended."""

    case = models.ForeignKey(LeaderCase, on_delete=models.PROTECT, related_name="steps")
    verb = models.CharField(max_length=14, choices=CaseVerb)
    at = models.DateTimeField()
    #: Empty: the rules proposed it.
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    post = models.CharField(max_length=120, blank=True, default="")
    note = models.CharField(max_length=500, blank=True, default="")

    class Meta:
        ordering = ["id"]

    def __str__(self):
        return f"{self.case_id} {self.verb}"
