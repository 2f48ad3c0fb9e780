"""Who proposes a leader case, decides about it, works on it, checks its report. Each check raises with the reason."""

from datetime import datetime

from django.utils.translation import gettext as _

from accounts.choices import PostKind
from accounts.models import Appointment, Unit, User
from accounts.scope import Reach
from cases.leader_cases.models import LeaderCase
from clocks.terms.actions import Approval
from common.database.paths import prefixes
from common.errors import NotAllowed


def check_can_propose(reach: Reach, unit: Unit) -> None:
    """Leaders, duty room and clerks of the unit or of one above it."""
    if not reach.holds("matter.manage", unit.path):
        raise NotAllowed(
            "not_allowed",
            _("No leader case was proposed for %(unit)s: leaders, duty room or clerk of the unit or of one above do. Ask them.")
            % {"unit": unit},
        )  # fmt: skip


def check_can_decide(reach: Reach, case: LeaderCase) -> None:
    """Leaders of the unit whose case it is, or of one above: they list it, decline it, change its leader."""
    if not reach.holds("leader_case.decide", case.unit_path):
        raise NotAllowed(
            "not_allowed",
            _("Nothing was changed on %(number)s: this is decided by leaders of %(unit)s or of one above. Ask them.")
            % {"number": case.number, "unit": case.unit},
        )  # fmt: skip


def check_can_check(reach: Reach, case: LeaderCase) -> None:
    """The office: who decides, never the leader in charge and never who handed the report in (§六6)."""
    check_can_decide(reach, case)
    if reach.user.pk in (case.leader_id, case.reported_by_id):
        raise NotAllowed(
            "own_report",
            _("The closing report of %(number)s was not checked: who answers for it or handed it in does not check it. Ask the office.")
            % {"number": case.number},
        )  # fmt: skip


def check_can_work_on(reach: Reach, case: LeaderCase) -> None:
    """The leader in charge; for them the office: leaders, duty room and clerks of the unit."""
    if case.leader_id != reach.user.pk and not reach.holds("matter.manage", case.unit_path):
        raise NotAllowed(
            "not_allowed",
            _("Nothing was changed on %(number)s: this is done by the leader in charge or the office of %(unit)s. Ask them.")
            % {"number": case.number, "unit": case.unit},
        )  # fmt: skip


def check_can_report(reach: Reach, case: LeaderCase) -> None:
    """The leader in charge, by name."""
    if case.leader_id != reach.user.pk:
        raise NotAllowed(
            "not_yours",
            _("The closing report of %(number)s was not handed in: the leader in charge does that. Ask them.")
            % {"number": case.number},
        )


def approval_of(person: User | None, case: LeaderCase, now: datetime) -> Approval:
    """As head of the organ or of one above, and not the leader in charge: nobody lengthens their own time limit."""
    if person is None or person.pk == case.leader_id:
        return Approval(None)
    held = Appointment.objects.current(now).filter(
        person=person,
        post__unit__path__in=prefixes(case.unit_path),
        post__kind__in=[PostKind.DIRECTOR, PostKind.DEPUTY_DIRECTOR, PostKind.OFFICE_HEAD],
    )
    post = held.select_related("post").order_by("-post__unit__path", "pk").first()
    return Approval(person, post.post.title) if post else Approval(None)
