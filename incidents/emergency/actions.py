"""What happens to emergency access. Lock, check, change, record."""

from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.emergency.choices import Verdict
from accounts.emergency.models import EmergencyAccess, OpenedThing
from accounts.models import User
from accounts.scope import Reach, reach_of
from accounts.sign_in.credentials import check_credential
from common.errors import Invalid
from common.failpoints import crash_point
from common.text.codes import unit_code
from common.text.personal_data import unsigned_personal_data_in
from incidents.emergency import alerts, permissions, queries
from incidents.models import Incident
from journal.keys import key, pks_of
from journal.record import record, record_many


def open_in_emergency(
    *, reach: Reach, asked: str, reason: str, credential: str, now: datetime
) -> EmergencyAccess:
    """Let this person read what `asked` (number of an open incident, code of a unit: its open incidents) names, and add
    observations to it, for `EMERGENCY_ACCESS_HOURS` from `now`. Who watches over it is alarmed in the same transaction.

    Raises NotAllowed, Invalid, NotFound, WrongState. The credential is checked before anything is looked up, so that
    nobody finds out without it what there is.
    Source: GB/T 22239-2019 (least privilege, audit of its exceptions).
    """
    permissions.check_can_open(reach)
    words = _checked(reason, 250)
    proof = check_credential(reach.user, credential, now)
    return _open(reach.user, unit_code(asked), words, proof, now)


@transaction.atomic
def _open(person: User, asked: str, reason: str, proof: str, now: datetime) -> EmergencyAccess:
    # Two at once of one person: the second sees what the first has opened.
    User.objects.select_for_update(of=("self",)).get(pk=person.pk)
    reach = reach_of(person, now)

    permissions.check_can_open(reach)
    incidents = queries.meant(reach, asked)

    home, unit = reach.paths("emergency.open")[0], incidents[0].unit
    access = EmergencyAccess.objects.create(
        person=person,
        post=reach.title_for("emergency.open", home),
        post_path=home,
        asked=asked,
        unit=unit,
        unit_path=unit.path,
        reason=reason,
        credential=proof,
        since=now,
        until=now + timedelta(hours=settings.EMERGENCY_ACCESS_HOURS),
        drill=all(one.drill for one in incidents),
    )
    OpenedThing.objects.bulk_create(
        [OpenedThing(access=access, subject=one.key, number=one.number) for one in incidents]
    )
    crash_point("emergency.before_alarm")
    told = alerts.alarm(access, [one.key for one in incidents], now=now)

    content = {"reason": reason, "until": access.until.isoformat(), "credential": proof, "told": told}
    _record("emergency.opened", access, incidents, person, access.post, now, content)
    return access


@transaction.atomic
def end_access(*, access_id: int, reach: Reach, now: datetime) -> EmergencyAccess:
    """Close it again at once, on open screens too. One that time has ended, or somebody else, stays as it is."""
    access = _lock(access_id)

    permissions.check_can_end(reach, access)
    if not access.is_standing(now):
        return access

    _end(access, reach, now)
    return access


@transaction.atomic
def review_access(
    *, access_id: int, reach: Reach, verdict: str, statement: str, credential: str, now: datetime
) -> EmergencyAccess:
    """State, signed, whether it was justified. What is not ends at once. Whoever was alarmed need not look any more."""
    access = _lock(access_id)

    permissions.check_can_review(reach, access)
    words = _checked(statement, 500)
    if verdict not in Verdict.values:
        raise Invalid("invalid", _("Nothing was stated: say whether it was justified."))
    proof = check_credential(reach.user, credential, now)

    access.verdict, access.statement = verdict, words
    access.reviewed_at, access.reviewed_by = now, reach.user
    access.save(update_fields=["verdict", "statement", "reviewed_at", "reviewed_by"])
    if verdict == Verdict.NOT_JUSTIFIED and access.is_standing(now):
        _end(access, reach, now)
    alerts.take_back(access, now=now)

    record(
        "emergency.reviewed",
        subject=key("emergency", access.pk),
        unit=access.unit,
        actor=reach.user,
        post=reach.title_for("emergency.review", access.unit_path),
        at=now,
        drill=access.drill,
        content={
            "number": access.asked,
            "verdict": verdict,
            "reason": words,
            "credential": proof,
            "person": str(access.person),
        },
    )
    return access


def _end(access: EmergencyAccess, reach: Reach, now: datetime) -> None:
    access.ended_at, access.ended_by = now, reach.user
    access.save(update_fields=["ended_at", "ended_by"])
    opened = Incident.objects.filter(pk__in=_pks(access)).select_related("unit").order_by("pk")
    is_own = access.person_id == reach.user.pk
    title = access.post if is_own else reach.title_for("emergency.end", access.unit_path)
    _record("emergency.ended", access, opened, reach.user, title, now, {"person": str(access.person)})


def _pks(access: EmergencyAccess) -> list[int]:
    return sorted(pks_of(access.things.values_list("subject", flat=True), "incident"))


def _lock(access_id: int) -> EmergencyAccess:
    rows = EmergencyAccess.objects.select_for_update(of=("self",)).select_related(
        "unit", "person", "reviewed_by"
    )
    return rows.get(pk=access_id)


def _checked(words: str, most: int) -> str:
    said = " ".join(words.split())
    found = unsigned_personal_data_in(said)
    if said and not found and len(said) <= most:
        return said
    sentence = _("Take out: %(text)s") % {"text": found[0].text} if found else _("Say in a sentence why.")
    raise Invalid(
        "personal_data" if found else "reason_missing",
        _("Nothing was done: %(why)s") % {"why": sentence},
        fields={"reason": [sentence]},
    )


def _record(
    kind: str, access: EmergencyAccess, incidents: Any, actor: User, post: str, now: datetime, content: dict
) -> None:
    """An entry in the timeline of each incident: its unit reads there who came in, and its open screens follow."""
    record_many(
        kind,
        [
            {
                "subject": one.key,
                "thread": one.key,
                "unit": one.unit,
                "actor": actor,
                "post": post,
                "at": now,
                "drill": one.drill,
                "content": content | {"number": one.number, "access": access.pk},
            }
            for one in incidents
        ],
    )
