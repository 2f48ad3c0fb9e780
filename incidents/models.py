"""Incidents: what happened, where, how many, what was done. Counts and acts, never anybody's identity."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext as _
from guardian.models import GroupObjectPermissionBase, UserObjectPermissionBase

from accounts.models import Post
from common.database.composed import Composed
from common.database.paths import PathField
from common.drills import RealRows, marked
from incidents import rules
from incidents.choices import CoordinateSystem, MarkOutcome, Source, State
from incidents.positions.models import FormerPosition  # noqa: F401 - Django looks for tables here
from incidents.voice_notes.models import VoiceNote  # noqa: F401 - Django looks for tables here
from journal.keys import key, key_of_column, pks_of

#: After every rank of a plan.
NO_RANK = 99


class IncidentQuerySet(RealRows):
    def visible_to(self, reach):
        """Own units and everything below them, and what was shared with this person's units or posts."""
        condition = reach.filter("incident.view")
        if granted := granted_pks(reach):
            condition |= Q(pk__in=granted)
        return self.filter(condition, reach.open_rows(incident="pk"))

    def open(self):
        return self.filter(state__in=rules.OPEN)

    def for_lists(self):
        return self.select_related("unit", "plan", "reported_by").order_by("-recorded_at", "-pk")


class Incident(models.Model):
    """An event. Three times are kept apart: when it happened, when it became known, when it was recorded."""

    number = models.CharField(max_length=60, unique=True)
    unit = models.ForeignKey("accounts.Unit", on_delete=models.PROTECT, related_name="incidents")
    unit_path = PathField()
    #: The version in force when the incident was opened; a later one does not change a running incident by
    #: itself, only by a signed act (incidents.switching).
    plan = models.ForeignKey("plans.PlanVersion", on_delete=models.PROTECT, related_name="incidents")
    state = models.CharField(max_length=12, choices=State, default=State.REPORTED)
    source = models.CharField(max_length=10, choices=Source)
    #: A kind of event from the plan's catalogue ("R2"), never a kind of person.
    category = models.CharField(max_length=20, blank=True, default="")
    place = models.CharField(max_length=120)
    what = models.CharField(max_length=500)
    #: The present picture: the latest value of each fact over all observations.
    facts = models.JSONField(default=dict)
    #: What the engine proposes, and why; a person decides.
    proposed_level = models.CharField(max_length=20, blank=True, default="")
    proposed_rank = models.PositiveSmallIntegerField(default=NO_RANK)
    reasons = models.JSONField(default=list)
    #: The level of the signed warning in force; empty until somebody has signed.
    level = models.CharField(max_length=20, blank=True, default="")
    #: Its rank in the plan it was signed under, 1 the highest; `NO_RANK`: none is in force.
    signed_rank = models.PositiveSmallIntegerField(default=NO_RANK)
    #: The highest level that was ever signed for it; stays when the warning is lifted.
    highest_level = models.CharField(max_length=20, blank=True, default="")

    happened_at = models.DateTimeField(null=True, blank=True)
    known_at = models.DateTimeField()
    recorded_at = models.DateTimeField()

    reported_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    reporter_post = models.CharField(max_length=120, blank=True, default="")
    #: Made by the reporter's device, so that an alarm sent twice is one alarm.
    client_id = models.CharField(max_length=64)
    drill = models.BooleanField(default=False)

    #: Where the reporter's device was, once, at the moment of the alarm, or what it was put right to; never a track.
    latitude = models.DecimalField(max_digits=9, decimal_places=6, null=True, blank=True)
    longitude = models.DecimalField(max_digits=9, decimal_places=6, null=True, blank=True)
    accuracy_m = models.PositiveIntegerField(null=True, blank=True)
    crs = models.CharField(max_length=10, choices=CoordinateSystem, blank=True, default="")

    taken_at = models.DateTimeField(null=True, blank=True)
    taken_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    merged_into = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="merged"
    )
    closed_at = models.DateTimeField(null=True, blank=True)
    closed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    summary = models.TextField(blank=True, default="")
    #: Counts changes; the ETag of the API.
    rev = models.PositiveIntegerField(default=1)

    objects = IncidentQuerySet.as_manager()

    class Meta:
        permissions = [("observe_incident", "Can add observations to a shared incident")]
        constraints = [
            models.UniqueConstraint(fields=["reported_by", "client_id"], name="one_incident_per_alarm"),
            models.CheckConstraint(
                condition=Q(happened_at__isnull=True) | Q(happened_at__lte=F("known_at")),
                name="known_after_it_happened",
            ),
            models.CheckConstraint(condition=Q(known_at__lte=F("recorded_at")), name="recorded_after_known"),
            models.CheckConstraint(
                condition=Q(closed_at__isnull=True, closed_by__isnull=True)
                | Q(closed_at__isnull=False, closed_by__isnull=False),
                name="closing_has_a_time_and_a_person",
            ),
            models.CheckConstraint(
                condition=~Q(state=State.CLOSED) | (Q(closed_at__isnull=False) & ~Q(summary="")),
                name="a_closed_incident_has_a_summary",
            ),
            models.CheckConstraint(
                condition=Q(state=State.MERGED, merged_into__isnull=False)
                | (~Q(state=State.MERGED) & Q(merged_into__isnull=True)),
                name="a_merged_incident_names_the_other",
            ),
            models.CheckConstraint(
                condition=Q(latitude__isnull=True, longitude__isnull=True)
                | (Q(latitude__isnull=False, longitude__isnull=False) & ~Q(crs="")),
                name="a_position_has_both_numbers_and_its_system",
            ),
        ]
        indexes = [
            models.Index(fields=["unit_path", "-recorded_at"]),
            models.Index(fields=["-recorded_at"]),
            models.Index(
                fields=["unit_path", "proposed_rank"],
                condition=Q(state__in=["reported", "under_way"]),
                name="incident_open",
            ),
        ]

    def __str__(self):
        return self.number

    @property
    def key(self) -> str:
        return key("incident", self.pk)

    @property
    def title(self) -> str:
        """What it is called: what was said of it; of an alarm without a word, that it is one, and where. A drill
        says so first."""
        if self.what:
            return marked(self.what, self.drill)
        if place := self.exact_place:
            return marked(_("Alarm at %(place)s (no description)") % {"place": place}, self.drill)
        return marked(_("Alarm (no description)"), self.drill)

    @property
    def exact_place(self) -> str:
        """The place, where it says more than the unit's name."""
        return "" if self.place == self.unit.name else self.place

    @property
    def is_open(self) -> bool:
        return self.state in rules.OPEN

    @property
    def shown_level(self) -> str:
        """The level a screen colours this incident by: the signed one, of one that is over the highest that was
        signed, else the proposal."""
        return self.level or self.ended_level or self.proposed_level

    @property
    def ended_level(self) -> str:
        """Of an incident that is over: the highest level that was signed for it, lifted since."""
        return "" if self.is_open else self.highest_level


class Observation(models.Model):
    """What somebody saw, appended, never edited. The first one is the report itself."""

    incident = models.ForeignKey(Incident, on_delete=models.PROTECT, related_name="observations")
    at = models.DateTimeField()
    recorded_at = models.DateTimeField()
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    post = models.CharField(max_length=120, blank=True, default="")
    what = models.CharField(max_length=500, blank=True, default="")
    #: Only the facts this observation states.
    facts = models.JSONField(default=dict)
    proposed_level = models.CharField(max_length=20, blank=True, default="")

    class Meta:
        indexes = [models.Index(fields=["incident", "id"])]

    def __str__(self):
        return f"{self.incident_id}: {self.what}"


class ChecklistMark(models.Model):
    """An item of the plan's checklist, done or found not needed."""

    incident = models.ForeignKey(Incident, on_delete=models.PROTECT, related_name="checklist_marks")
    item = models.CharField(max_length=20)
    outcome = models.CharField(max_length=12, choices=MarkOutcome)
    note = models.CharField(max_length=200, blank=True, default="")
    at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["incident", "item"], name="one_mark_per_item")]


class Share(models.Model):
    """An incident shown to a unit (or a post) outside the scope, with a reason, until it is taken back."""

    incident = models.ForeignKey(Incident, on_delete=models.PROTECT, related_name="shares")
    unit = models.ForeignKey("accounts.Unit", null=True, on_delete=models.PROTECT, related_name="+")
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    reason = models.CharField(max_length=200)
    at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(unit__isnull=False, person__isnull=True)
                | Q(unit__isnull=True, person__isnull=False),
                name="shared_with_a_unit_or_a_person",
            ),
            models.UniqueConstraint(
                fields=["incident", "unit"],
                condition=Q(ended_at__isnull=True),
                name="one_live_share_per_unit",
            ),
            models.UniqueConstraint(
                fields=["incident", "person"],
                condition=Q(ended_at__isnull=True),
                name="one_live_share_per_person",
            ),
        ]


class IncidentGroupPermission(GroupObjectPermissionBase):
    """guardian's grants to a unit's or a post's group, with a real foreign key: no orphans, indexed."""

    content_object = models.ForeignKey(Incident, on_delete=models.CASCADE)


class IncidentUserPermission(UserObjectPermissionBase):
    """guardian's grants to one person (a liaison, or a reporter outside the unit)."""

    content_object = models.ForeignKey(Incident, on_delete=models.CASCADE)


def granted_threads(reaches) -> list[set[str]]:
    """For each reach the journal threads of the incidents that person sees by exception (one query for all)."""
    groups = {name for reach in reaches for name in reach.group_names}
    read = _GRANTED if len(reaches) == 1 else _granted
    granted: dict[str, set[str]] = {}
    for who, pk in read(tuple(sorted(groups)), tuple(reach.user.pk for reach in reaches)):
        granted.setdefault(who, set()).add(key("incident", pk))
    return [
        set().union(*(granted.get(who, ()) for who in (*reach.group_names, key("user", reach.user.pk))))
        for reach in reaches
    ]


def _granted(groups, people):
    to_groups = IncidentGroupPermission.objects.filter(group__name__in=groups)
    to_people = IncidentUserPermission.objects.filter(user__in=people)
    return to_groups.values_list("group__name", "content_object_id").union(
        to_people.annotate(who=key_of_column("user", "user_id")).values_list("who", "content_object_id")
    )


#: For one person: asked by every page.
_GRANTED = Composed(_granted)


def shared_with(incident: Incident, units) -> set[int]:
    """Keys of those of the units that see the incident by exception, or a post of theirs (two queries)."""
    pks = {unit.pk for unit in units}
    unit_of = {key("unit", pk): pk for pk in pks}
    posts = Post.objects.filter(unit__in=pks).values_list("pk", "unit_id")
    unit_of |= {key("post", post): unit for post, unit in posts}
    granted = IncidentGroupPermission.objects.filter(content_object=incident, group__name__in=unit_of)
    return {unit_of[name] for name in granted.values_list("group__name", flat=True)}


def granted_pks(reach) -> list[int]:
    """The same exceptions as primary keys, from what the reach has already read."""
    return list(pks_of(reach.threads, "incident"))
