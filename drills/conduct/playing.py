"""The player: an inject is played once, in one transaction with what it does and its row.

The player acts through the rooms' own actions, in the name of the controller and within the controller's rights: the
journal says who let it happen, and no player is made to have done what they did not do (ADR 0177).
"""

from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.scope import Reach, reach_of
from command.linkage.actions import Asked, receive_order
from command.linkage.choices import Via
from command.orders.actions import move_order
from command.orders.models import Order
from common.alone import Loop
from common.errors import Refused, WrongState
from common.failpoints import crash_point
from drills.choices import ActKind, DrillState, InjectState
from drills.conduct import alerts, rules
from drills.conduct.models import Drill, DrillIncident, DrillInject, DrillOrder
from drills.conduct.transitions import lock, record_act
from drills.scenarios.document import Act, Inject
from incidents.choices import Source
from incidents.models import Incident
from incidents.reporting.actions import Alarm, add_observation, report_incident
from plans.document.words import Words
from plans.engine.facts import Facts

PLAYER = Loop("drills.player")

#: So many injects of one drill are played in one turn; what is due beside them comes in the next.
MOST = 20


def play_due(now: datetime, limit: int = 50) -> int:
    """Play whatever is due in every running drill. Any number of processes may: the drill's row is locked. Returns how
    many were played."""
    running = Drill.objects.filter(state=DrillState.RUNNING).order_by("pk")
    return PLAYER.each(PLAYER.pick(running, now, limit), lambda pk: _play_drill(pk, now), now)


def _play_drill(drill_id: int, now: datetime) -> int:
    played = 0
    while played < MOST and play_next(drill_id=drill_id, now=now):
        played += 1
    return played


@transaction.atomic
def play_next(*, drill_id: int, now: datetime) -> bool:
    """Play the first inject that is due; False where none is."""
    if not _is_waiting(Drill.objects.get(pk=drill_id), now):
        return False
    drill = lock(drill_id)
    inject = _is_waiting(drill, now) if drill.state == DrillState.RUNNING else None
    if inject is None or drill.controller is None:
        return False
    play(drill, inject, reach=reach_of(drill.controller, now), by=None, now=now)
    crash_point("drills.before_commit")
    return True


def _is_waiting(drill: Drill, now: datetime) -> DrillInject | None:
    """The first inject that waits, if it is due."""
    first = drill.injects.filter(state=InjectState.WAITING).order_by("number").first()
    if first and rules.is_due(first.at_minute, list(drill.runs.all()), now, drill.speed):
        return first
    return None


def play(drill: Drill, row: DrillInject, *, reach: Reach, by: User | None, now: datetime) -> None:
    """Carry out an inject of the list: its act, its notice, its row and its entry. The caller holds the drill.

    A refusal of the act is kept with the inject, and the scenario goes on: the controller sees it and may try again.
    """
    inject = _of_list(drill, row)
    refused = ""
    try:
        with transaction.atomic():
            if inject.act:
                _act(drill, row.number, inject.act, reach, now)
            if inject.to:
                alerts.tell_inject(drill, row.number, inject, now)
    except Refused as refusal:
        refused = str(refusal)[:500]

    row.state = InjectState.FAILED if refused else InjectState.PLAYED
    row.played_at, row.by, row.refused = now, by, refused
    row.save(update_fields=["state", "played_at", "by", "refused"])
    kind = "drill.inject_failed" if refused else rules.DRILLS["play"].entry
    said = {"why": refused} if refused else {}
    record_act(
        kind,
        drill,
        by,
        now=now,
        inject=row.number,
        title_zh=inject.words.zh,
        title_en=inject.words.en,
        **said,
    )


def play_words(drill: Drill, *, text: str, role: str, reach: Reach, now: datetime) -> DrillInject:
    """An inject of the controller's own words, numbered after the last one of the list."""
    runs, last = list(drill.runs.all()), drill.injects.order_by("number").last()
    row = DrillInject.objects.create(
        drill=drill, number=(last.number if last else 0) + 1, at_minute=int(rules.minutes(runs, now, drill.speed)),
        state=InjectState.PLAYED, played_at=now, by=reach.user, text=text.strip(), role=role,
    )  # fmt: skip
    alerts.tell_inject(drill, row.number, own_words(row), now)
    record_act(
        rules.DRILLS["inject"].entry, drill, reach.user, now=now, reach=reach, inject=row.number,
        title_zh=row.text, title_en=row.text,
    )  # fmt: skip
    return row


def own_words(row: DrillInject) -> Inject:
    """What the controller made up, in the shape of a line of the list."""
    said = Words(row.text, row.text)
    return Inject(row.number, row.at_minute, said, Words("导调", "Controller"), "phone", row.role, None, ())


def _of_list(drill: Drill, row: DrillInject) -> Inject:
    scenario = drill.played
    found = scenario.inject(row.number) if scenario else None
    return found or own_words(row)


def _act(drill: Drill, number: int, act: Act, reach: Reach, now: datetime) -> None:
    if act.do == ActKind.ALARM:
        _alarm(drill, number, act, reach, now)
    elif act.do == ActKind.LINKAGE_ORDER:
        _linkage_order(drill, number, act, reach, now)
    elif act.do == ActKind.OBSERVE:
        add_observation(
            incident_id=_incident(drill).pk,
            reach=reach,
            what=_said(act.what),
            facts=Facts.from_dict(act.facts),
            now=now,
        )
    else:
        order = _order(drill, act)
        move_order(order_id=order.pk, reach=reach, verb=act.verb, note=_said(act.what), now=now)


def _alarm(drill: Drill, number: int, act: Act, reach: Reach, now: datetime) -> None:
    alarm = Alarm(
        unit=drill.unit, place=_said(act.place), what=_said(act.what), facts=Facts.from_dict(act.facts),
        client_id=f"drill-{drill.pk}-{number}", source=Source.DESK, drill=True,
    )  # fmt: skip
    incident, _new = report_incident(reach=reach, alarm=alarm, now=now)
    DrillIncident.objects.get_or_create(drill=drill, incident=incident)


def _linkage_order(drill: Drill, number: int, act: Act, reach: Reach, now: datetime) -> None:
    """As if the centre had telephoned. Its incident is the players' to record."""
    arrive = now + timedelta(minutes=act.arrive_minutes) if act.arrive_minutes else None
    asked = Asked(
        centre=_said(act.centre), outside_number=f"{drill.number}-{number}", nature=_said(act.nature),
        place=_said(act.place), asked=_said(act.what), report_to=_said(act.report_to), arrive_by=arrive, received_at=now,
    )  # fmt: skip
    order, _new = receive_order(reach=reach, unit=drill.unit, asked=asked, via=Via.HAND, now=now, drill=True)
    DrillOrder.objects.get_or_create(drill=drill, order=order)


def _incident(drill: Drill) -> Incident:
    """The latest incident of the drill."""
    opened = drill.incidents().last()
    if opened is None:
        raise WrongState(
            "no_incident_yet", _("The inject was not played: the drill has opened no incident yet.")
        )
    return opened


def _order(drill: Drill, act: Act) -> Order:
    """The first order under way in the drill, of that squad where the scenario names one."""
    rows = Order.objects.live().filter(incident__in=drill.incidents()).order_by("pk")
    found = (rows.filter(target_squad=act.squad) if act.squad else rows).first()
    if found is None:
        raise WrongState(
            "no_order_yet", _("The inject was not played: no order is under way that could be answered.")
        )
    return found


def _said(words: Words) -> str:
    """On the record of an incident stands the language of the bureau."""
    return words.in_language(settings.LANGUAGE_CODE)
