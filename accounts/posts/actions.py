"""What happens to units, posts and appointments. Lock, check, change, record."""

from collections.abc import Iterable
from datetime import date, datetime

from django.contrib.auth.models import Group
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import override

from accounts.choices import HeldAs, PostKind
from accounts.models import Appointment, Post, Unit, User
from accounts.permissions import check_can_appoint, check_can_delegate, check_can_end
from accounts.queries import colleagues
from accounts.scope import Reach
from accounts.verbs import EXCLUSIVE
from common.database.paths import segment
from common.dates.local_time import day_of
from common.errors import Invalid, NotAllowed, WrongState
from common.text import codes
from journal.keys import key
from journal.record import record


@transaction.atomic
def create_unit(
    *,
    code: str,
    name: str,
    tier: str,
    parent: Unit | None,
    actor: User | None,
    now: datetime,
    name_en: str = "",
    phone: str = "",
    address: str = "",
    local_superior: str = "",
    local_phone: str = "",
    valid_from: date | None = None,
) -> Unit:
    """Add a unit below `parent` (None: the root of a tree), from `valid_from` on (default: today)."""
    code = codes.check("unit_code", code, field="code")
    if parent:
        Unit.objects.select_for_update(of=("self",)).get(pk=parent.pk)
    siblings = Unit.objects.filter(parent=parent)
    last = siblings.order_by("-path").values_list("path", flat=True).first()
    number = int(last.rstrip("/").rsplit("/", 1)[-1], 36) + 1 if last else 1

    unit = Unit.objects.create(
        code=code,
        name=name,
        name_en=name_en,
        tier=tier,
        parent=parent,
        path=(parent.path if parent else "") + segment(number),
        phone=phone,
        address=address,
        local_superior=local_superior,
        local_phone=local_phone,
        valid_from=valid_from or day_of(now),
    )

    record(
        "unit.created", subject=key("unit", unit.pk), unit=unit, actor=actor, at=now, content={"code": code}
    )
    return unit


@transaction.atomic
def appoint_person(
    *,
    person: User,
    post: Post,
    actor: User | None,
    now: datetime,
    valid_from: datetime | None = None,
    valid_to: datetime | None = None,
    held_as: str = HeldAs.HOLDER,
    reason: str = "",
) -> Appointment:
    """Let a person hold a post, from `valid_from` (default: now) up to but not including `valid_to`.

    Raises WrongState for a closed account or post, for a second appointment to the same post at the same
    time, and where one person would join two administrators' chairs.
    """
    person = User.objects.select_for_update(of=("self",)).get(pk=person.pk)
    valid_from = valid_from or now

    _check_appointment(person, post, valid_from, valid_to)
    _check_separation(person, post, valid_from, valid_to)

    appointment = Appointment.objects.create(
        person=person,
        post=post,
        held_as=held_as,
        valid_from=valid_from,
        valid_to=valid_to,
        reason=reason,
        made_by=actor,
    )

    content = {
        "person": person.username,
        "post": post.title,
        "held_as": held_as,
        "from": appointment.valid_from,
        "to": valid_to,
        "reason": reason,
    }
    record(
        "appointment.made",
        subject=key("user", person.pk),
        unit=post.unit,
        actor=actor,
        at=now,
        content=content,
    )
    return appointment


@transaction.atomic
def end_appointment(
    *, appointment_id: int, actor: User | None, now: datetime, reason: str = ""
) -> Appointment:
    """End an appointment now; what the person did until now stays theirs."""
    appointment = (
        Appointment.objects.select_for_update(of=("self",))
        .select_related("post__unit")
        .get(pk=appointment_id)
    )

    if appointment.valid_to and appointment.valid_to <= now:
        raise WrongState("appointment_ended", _("This appointment was not ended: it has already ended."))

    # The database asks for an end after the start: one taken back at once lasts its first instant.
    appointment.valid_to = max(now, appointment.valid_from + appointment.valid_from.resolution)
    appointment.save(update_fields=["valid_to"])

    subject = key("user", appointment.person_id)
    record(
        "appointment.ended",
        subject=subject,
        unit=appointment.post.unit,
        actor=actor,
        at=now,
        content={"person": appointment.person.username, "post": appointment.post.title, "reason": reason},
    )
    return appointment


@transaction.atomic
def reschedule_appointment(
    *, appointment_id: int, valid_to: datetime, actor: User | None, now: datetime
) -> Appointment:
    """Give an appointment another end, still to come.

    Raises WrongState where the end is not after the beginning, or reaches into another term of the same post.
    """
    appointment = (
        Appointment.objects.select_for_update(of=("self",))
        .select_related("person", "post__unit")
        .get(pk=appointment_id)
    )

    others = Appointment.objects.filter(person=appointment.person, post=appointment.post).exclude(
        pk=appointment.pk
    )
    if (
        valid_to <= max(appointment.valid_from, now)
        or others.overlapping(appointment.valid_from, valid_to).exists()
    ):
        raise WrongState("end_does_not_fit", _(
            "The end of %(person)s's appointment as %(post)s was not changed: it would lie before its beginning, in the "
            "past, or in another term of the same post. Correct the date."
        ) % {"person": appointment.person, "post": appointment.post})  # fmt: skip

    before, appointment.valid_to = appointment.valid_to, valid_to
    appointment.save(update_fields=["valid_to"])

    content = {
        "person": appointment.person.username,
        "post": appointment.post.title,
        "before": before,
        "to": valid_to,
    }
    record(
        "appointment.changed",
        subject=key("user", appointment.person_id),
        unit=appointment.post.unit,
        actor=actor,
        at=now,
        content=content,
    )
    return appointment


@transaction.atomic
def appoint_in_reach(
    *,
    reach: Reach,
    person: User,
    unit: Unit,
    kind: str,
    squad: str = "",
    title: str = "",
    held_as: str = HeldAs.HOLDER,
    valid_from: datetime | None = None,
    valid_to: datetime | None = None,
    reason: str = "",
    now: datetime,
) -> Appointment:
    """What the security administrator does: `appoint` within the units they administer, nobody themself."""
    check_can_appoint(reach, person, unit)
    return appoint_person(
        person=person,
        post=post_in(unit=unit, kind=kind, squad=squad, title=title),
        held_as=held_as,
        valid_from=valid_from,
        valid_to=valid_to,
        reason=reason,
        actor=reach.user,
        now=now,
    )


def post_in(*, unit: Unit, kind: str, squad: str = "", title: str = "") -> Post:
    """The unit's post of this kind; made if it has none. With several of them the title decides."""
    if squad:
        squad = codes.check("squad", squad, field="squad")
    posts = Post.objects.filter(unit=unit, kind=kind, squad=squad, closed_at__isnull=True)
    if title:
        return posts.filter(title=title).first() or Post.objects.create(
            unit=unit, kind=kind, squad=squad, title=title
        )
    found = list(posts.order_by("pk"))
    if len(found) > 1:
        raise Invalid(
            "which_post",
            _("Nobody was appointed: %(unit)s has several posts of this kind. Give the title of one of them.")
            % {"unit": unit},
            fields={"title": [_("One of: %(titles)s") % {"titles": ", ".join(str(post) for post in found)}]},
        )
    return found[0] if found else _new_post(unit, kind, squad)


def _new_post(unit: Unit, kind: str, squad: str) -> Post:
    label = PostKind(kind).label
    with override("zh-hans"):
        zh = f"{label}（{squad}）" if squad else str(label)
    with override("en"):
        en = f"{label} ({squad})" if squad else str(label)
    return Post.objects.create(unit=unit, kind=kind, squad=squad, title=zh, title_en=en)


@transaction.atomic
def delegate_post(
    *,
    reach: Reach,
    post: Post,
    person: User,
    valid_from: datetime,
    valid_to: datetime,
    reason: str,
    now: datetime,
) -> Appointment:
    """Hand on a post one holds oneself to a colleague, until a given moment and for a reason."""
    check_can_delegate(reach, post)
    if not colleagues(post, now).filter(pk=person.pk).exclude(pk=reach.user.pk).exists():
        raise NotAllowed("not_a_colleague", _(
            "The post was not delegated: %(person)s holds no post in this unit, the one above or those below. "
            "Choose a colleague, or ask the security administrator to appoint somebody."
        ) % {"person": person})  # fmt: skip
    return appoint_person(
        person=person, post=post, held_as=HeldAs.DELEGATE, valid_from=max(valid_from, now), valid_to=valid_to,
        reason=reason, actor=reach.user, now=now,
    )  # fmt: skip


@transaction.atomic
def end_in_reach(*, reach: Reach, appointment_id: int, now: datetime, reason: str = "") -> Appointment:
    """End an appointment of one's units, or take back a delegation of one's own post."""
    appointment = Appointment.objects.select_related("post__unit", "person").get(pk=appointment_id)
    check_can_end(reach, appointment)
    return end_appointment(appointment_id=appointment_id, actor=reach.user, now=now, reason=reason)


def permission_group(name: str) -> Group:
    """The group that stands for a unit or a post in exceptions ("unit:5", "post:7"); made on first use."""
    return Group.objects.get_or_create(name=name)[0]


def permission_groups(names: Iterable[str]) -> list[Group]:
    """The groups of these names, made on first use (one query where all are there, else three)."""
    names = set(names)
    found = list(Group.objects.filter(name__in=names))
    if missing := names - {group.name for group in found}:
        Group.objects.bulk_create([Group(name=name) for name in sorted(missing)], ignore_conflicts=True)
        found = list(Group.objects.filter(name__in=names))
    return found


def _check_appointment(person: User, post: Post, valid_from: datetime, valid_to: datetime | None) -> None:
    if not person.is_active:
        raise WrongState("person_disabled", _(
            "%(person)s was not appointed: the account is disabled. Enable it first."
        ) % {"person": person})  # fmt: skip
    if post.closed_at:
        raise WrongState("post_closed", _(
            "%(person)s was not appointed: the post %(post)s is closed. Choose another one."
        ) % {"person": person, "post": post})  # fmt: skip
    if valid_to and valid_to <= valid_from:
        raise WrongState("ends_before_start", _(
            "%(person)s was not appointed: the end is not after the start. Correct the dates."
        ) % {"person": person})  # fmt: skip
    if Appointment.objects.overlapping(valid_from, valid_to).filter(person=person, post=post).exists():
        raise WrongState("already_held", _(
            "%(person)s was not appointed: they already hold the post %(post)s at that time. End that "
            "appointment first."
        ) % {"person": person, "post": post})  # fmt: skip


def _check_separation(person: User, post: Post, valid_from: datetime, valid_to: datetime | None) -> None:
    others = Appointment.objects.overlapping(valid_from, valid_to).filter(person=person)
    held = set(others.values_list("post__kind", flat=True))
    for kinds in EXCLUSIVE:
        if post.kind in kinds and held & (set().union(*EXCLUSIVE) - kinds):
            raise WrongState(
                "separation_of_duties",
                _("%(person)s was not appointed: one person may not hold two of system administrator, security "
                  "administrator and auditor. End the other appointment first.") % {"person": person},
            )  # fmt: skip
