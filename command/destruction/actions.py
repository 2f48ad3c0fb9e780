"""What happens to the personal data of an incident that is over. Each action: lock, check, change, record."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, NamedTuple

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.scope import Reach
from accounts.sign_in.credentials import check_credential
from clocks.actions import cancel_for_subject, record_with_clocks, start_own, stop_own
from clocks.durations import end_of
from clocks.models import ClockRule
from command.destruction import gathered, permissions, queries, rules
from command.destruction.choices import DataKind, Ground, ItemState, ItemVerb
from command.destruction.models import Certificate, CertificateItem
from command.destruction.rules import Found
from common import revisions
from common.database.numbers import next_number
from common.dates.local_time import day_of
from common.errors import Invalid, Stale, WrongState
from common.states import NOTHING, check_move, move
from common.text.personal_data import fit_to_keep
from exchange import queries as exchange
from incidents.choices import State
from incidents.models import Incident
from incidents.permissions import check_can_manage
from incidents.transitions import lock_incident
from journal.models import Entry
from notices.actions import acknowledge_about
from notices.relevance.ending import settle_threads


class Assessment(NamedTuple):
    """Why a kind of data is kept: what for, legality, necessity, safety, and until which day."""

    ground: str
    legal_basis: str
    reason: str
    safeguards: str
    #: None for what nothing can destroy.
    until: date | None = None


@transaction.atomic
def issue_certificate(
    *,
    incident_id: int,
    reach: Reach,
    list_code: str,
    kept: Mapping[str, Assessment],
    credential: str,
    now: datetime,
) -> Certificate:
    """Destroy what an incident that is over gathered about people, except the kinds in `kept`, and certify it.

    `list_code` says which list was looked at: raises Stale where another one is true by now. `credential`: the password
    or a one-time code, asked again, for what is destroyed does not come back. Raises NotAllowed where it is wrong, and
    where something is kept and no leader does it. Source: Emergency Response Law (2024) art. 85.
    """
    incident = lock_incident(incident_id)

    check_can_manage(reach, incident)
    closed_at = _check_asked(incident)
    if kept:
        permissions.check_can_keep(reach, incident)
    found = gathered.of(incident)
    _check_list(incident, found, list_code)
    assessed = _check_assessments(found, kept, now)
    proof = check_credential(reach.user, credential, now)

    post = _post(reach, incident)
    certificate = Certificate.objects.create(
        incident=incident,
        number=next_number(unit_code=incident.unit.code, now=now, drill=incident.drill, prefix="XH-"),
        closed_at=closed_at,
        sha256=rules.digest(found),
        issued_by=reach.user,
        issued_at=now,
        issuer_post=post,
    )
    items = [
        _new_item(certificate, line, assessed.get(line.kind), reach, post, now)
        for line in queries.lines_of(found)
    ]
    gathered.destroy(incident, [item.kind for item in items if item.state == ItemState.DESTROYED])
    _replace_earlier(incident, certificate, now)

    said = {
        "number": certificate.number,
        "items": [_said(item) for item in items],
        "sha256": certificate.sha256,
        "credential": proof,
    }
    entry = _record(incident, certificate.key, rules.ITEMS.begin.entry, reach, now, said)
    for item in items:
        if item.until:
            start_own(_clock(incident, item), _as_of(entry, item), due_at=item.until)
    settle_threads([incident.key], now)
    return certificate


@transaction.atomic
def end_keeping(
    *, item_id: int, reach: Reach, credential: str, now: datetime, rev: int | None = None
) -> CertificateItem:
    """Destroy what was kept until now. Raises WrongState while the incident is open again: its next closing asks."""
    item = _lock_item(item_id)
    incident = item.certificate.incident

    check_can_manage(reach, incident)
    _check_over(incident)
    check_move(item, rules.ITEMS, ItemVerb.END, lambda: _wrong_state(item))
    _check_can_end(item)
    _check_rev(item, rev)
    proof = check_credential(reach.user, credential, now)

    done = move(item, rules.ITEMS, ItemVerb.END)
    gathered.destroy(incident, [item.kind])
    item.method = rules.METHODS[DataKind(item.kind)]
    _settle(item, reach, now)

    entry = _record(incident, item.key, done.entry, reach, now, {**_said(item), "credential": proof})
    stop_own(_clock(incident, item), entry)
    acknowledge_about(subject=item.key, actor=reach.user, now=now)
    settle_threads([incident.key], now)
    return item


@transaction.atomic
def keep_longer(
    *,
    item_id: int,
    reach: Reach,
    assessment: Assessment,
    credential: str,
    now: datetime,
    rev: int | None = None,
) -> CertificateItem:
    """Assess it anew and keep it until another day."""
    item = _lock_item(item_id)
    incident = item.certificate.incident

    permissions.check_can_keep(reach, incident)
    check_move(item, rules.ITEMS, ItemVerb.KEEP_LONGER, lambda: _wrong_state(item))
    _check_can_end(item)
    _check_rev(item, rev)
    said = _check_assessment(DataKind(item.kind), assessment, now)
    proof = check_credential(reach.user, credential, now)

    done = move(item, rules.ITEMS, ItemVerb.KEEP_LONGER)
    for name, value in said.items():
        setattr(item, name, value)
    _settle(item, reach, now)

    cancel_for_subject(subject=item.key, now=now, reason=ItemVerb.KEEP_LONGER)
    entry = _record(incident, item.key, done.entry, reach, now, {**_said(item), "credential": proof})
    start_own(_clock(incident, item), entry, due_at=said["until"])
    acknowledge_about(subject=item.key, actor=reach.user, now=now)
    settle_threads([incident.key], now)
    return item


# --- what they stand on --------------------------------------------------------------------------------------


def _lock_item(item_id: int) -> CertificateItem:
    """Lock the incident, then the line."""
    incident_id = CertificateItem.objects.values_list("certificate__incident_id", flat=True).get(pk=item_id)
    incident = lock_incident(incident_id)
    item = (
        CertificateItem.objects.select_for_update(of=("self",)).select_related("certificate").get(pk=item_id)
    )
    item.certificate.incident = incident
    return item


def _check_over(incident: Incident) -> None:
    if incident.state != State.CLOSED:
        raise WrongState(
            "incident_not_over",
            _(
                "Nothing was destroyed: %(number)s is not closed. Its closing asks what becomes of personal data."
            )
            % {"number": incident.number},
        )


def _check_asked(incident: Incident) -> datetime:
    """When it was closed; raises WrongState where no certificate is asked for."""
    _check_over(incident)
    assert incident.closed_at is not None
    if incident.drill:
        raise WrongState(
            "drill",
            _("No certificate was made: %(number)s is a drill. Certificates are for real incidents.")
            % {"number": incident.number},
        )
    if Certificate.objects.filter(incident=incident, closed_at=incident.closed_at).exists():
        raise WrongState(
            "certified",
            _("No certificate was made: this closing of %(number)s has one. Open it.")
            % {"number": incident.number},
        )
    if waiting := exchange.unsettled_of(incident.key):
        raise WrongState(
            "documents_wait",
            _(
                "No certificate was made: %(count)d documents about %(number)s have not been received at the other "
                "installation. Settle them under “Exchange” first."
            )
            % {"number": incident.number, "count": waiting},
        )
    return incident.closed_at


def _check_list(incident: Incident, found: list[Found], list_code: str) -> None:
    if list_code != rules.code_of(rules.digest(found)):
        raise Stale(
            "list_changed",
            _(
                "Nothing was destroyed: what %(number)s holds about people has changed since you looked. Look at the "
                "list again, then decide."
            )
            % {"number": incident.number},
        )


def _check_assessments(
    found: list[Found], kept: Mapping[str, Assessment], now: datetime
) -> dict[str, dict[str, Any]]:
    kinds = {one.kind for one in found}
    if unknown := sorted(set(kept) - kinds):
        raise _bad_field("kept", "not_gathered", _("There is nothing of this kind to keep."), unknown[0])
    if missing := sorted((kinds & rules.ONLY_KEPT) - set(kept)):
        raise _bad_field(
            "kept",
            "only_kept",
            _("“%(kind)s” cannot be destroyed, only kept: a leader says why.")
            % {"kind": DataKind(missing[0]).label},
            missing[0],
        )
    return {kind: _check_assessment(DataKind(kind), one, now) for kind, one in kept.items()}


def _check_assessment(kind: DataKind, given: Assessment, now: datetime) -> dict[str, Any]:
    if given.ground not in Ground.values:
        raise _bad_field("ground", "ground_missing", _("Say what it is kept for."), kind)
    texts = {
        name: fit_to_keep(getattr(given, name).strip()) for name in ("legal_basis", "reason", "safeguards")
    }
    for name, text in texts.items():
        if not text:
            raise _bad_field(name, f"{name}_missing", _("Say it in a few words."), kind)
    if kind in rules.ONLY_KEPT:
        return {"ground": given.ground, **texts, "until": None}
    if given.until is None:
        raise _bad_field("until", "until_missing", _("Give a day."), kind)
    if given.until < day_of(now):
        raise _bad_field("until", "past_date", _("This day has passed."), kind)
    return {"ground": given.ground, **texts, "until": end_of(given.until)}


def _new_item(
    certificate: Certificate,
    line: queries.KindLine,
    assessed: dict[str, Any] | None,
    reach: Reach,
    post: str,
    now: datetime,
) -> CertificateItem:
    kept = assessed is not None
    verb = ItemVerb.KEEP if kept else ItemVerb.DESTROY
    about = assessed or {"method": rules.METHODS[line.kind]}
    return CertificateItem.objects.create(
        certificate=certificate, kind=line.kind, count=line.amount, state=rules.ITEMS.next_state(NOTHING, verb) or "",
        settled_by=reach.user, settled_at=now, settled_post=post, **about,
    )  # fmt: skip


def _replace_earlier(incident: Incident, certificate: Certificate, now: datetime) -> None:
    """What an earlier closing kept is decided about with this one."""
    rows = CertificateItem.objects.select_for_update(of=("self",)).filter(
        certificate__incident=incident, state=ItemState.KEPT
    )
    for item in rows.exclude(certificate=certificate):
        move(item, rules.ITEMS, ItemVerb.REPLACE)
        item.rev += 1
        item.save(update_fields=["state", "rev"])
        cancel_for_subject(subject=item.key, now=now, reason=ItemVerb.REPLACE)


def _check_can_end(item: CertificateItem) -> None:
    if item.kind in rules.ONLY_KEPT:
        raise WrongState(
            "only_kept",
            _("Nothing was changed: “%(kind)s” stays as long as the record does.")
            % {"kind": item.get_kind_display()},
        )


def _check_rev(item: CertificateItem, rev: int | None) -> None:
    revisions.check_rev(
        item, rev, _("Nothing was changed: somebody changed it after you opened the page. Look again.")
    )


def _settle(item: CertificateItem, reach: Reach, now: datetime) -> None:
    item.settled_by, item.settled_at = reach.user, now
    item.settled_post = _post(reach, item.certificate.incident)
    item.rev += 1
    item.save()


def _clock(incident: Incident, item: CertificateItem) -> ClockRule:
    """The line's own sentence about time; the desk of the incident's unit is late when it is missed."""
    return ClockRule(
        plan=incident.plan.ref,
        clock_id="kept_data",
        title_zh="留存期满：依突发事件应对法销毁或重新评估",
        title_en="Kept personal data: destroy it or assess it anew (Emergency Response Law)",
        cite="§85",
        duration="given",
    )


def _as_of(entry: Entry, item: CertificateItem) -> Entry:
    """The certificate's entry as it is about one of its lines: each has its own clock."""
    copied = Entry(**{field.attname: getattr(entry, field.attname) for field in Entry._meta.concrete_fields})
    copied.subject = item.key
    return copied


def _said(item: CertificateItem) -> dict[str, Any]:
    said = {
        "kind": item.kind,
        "count": item.count,
        "outcome": item.state,
        "method": item.method,
        "ground": item.ground,
        "reason": item.reason,
        "until": day_of(item.until).isoformat() if item.until and item.state == ItemState.KEPT else "",
        "sha256": queries.hashes_of(item),
    }
    return {name: value for name, value in said.items() if value}


def _record(
    incident: Incident, subject: str, kind: str, reach: Reach, now: datetime, content: dict[str, Any]
) -> Entry:
    return record_with_clocks(
        kind,
        subject=subject,
        thread=incident.key,
        unit=incident.unit,
        actor=reach.user,
        post=_post(reach, incident),
        at=now,
        level=incident.highest_level,
        plan=incident.plan.ref,
        drill=incident.drill,
        content=content,
    ).entry


def _post(reach: Reach, incident: Incident) -> str:
    return reach.title_for("incident.manage", incident.unit_path)


def _bad_field(field: str, code: str, sentence: str, kind: str) -> Invalid:
    return Invalid(
        code,
        _("Nothing was destroyed: %(sentence)s") % {"sentence": sentence},
        fields={field: [sentence]},
        kind=str(kind),
    )


def _wrong_state(item: CertificateItem) -> str:
    return _("Nothing was changed: it is “%(state)s”. Reload the page.") % {"state": item.get_state_display()}
