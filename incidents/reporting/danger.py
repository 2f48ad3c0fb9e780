"""A danger to life: who is told when it begins, returns or grows; what merging makes of two; who hears of its end.

Called by the actions of an incident, inside their transaction, the incident locked. Rescue never waits for a
colour or a signature (§1.4(2), §4.2(2)).
"""

from collections.abc import Iterable, Sequence
from datetime import datetime

from accounts.scope import Reach
from incidents import rules
from incidents.checklist.actions import ask_again
from incidents.models import Incident
from incidents.reporting import alerts
from incidents.sharing import let_take_part
from incidents.transitions import record_entry
from incidents.validity import family
from notices.recipients import Recipient
from notices.relevance.ending import end_notices, settle_threads, told_of
from notices.silence.no_recipients import tell_sender

#: What a notice says that a graver one has taken the place of.
OVERTAKEN = "told anew"


def tell_at_once(incident: Incident, reach: Reach, now: datetime) -> None:
    """The alarm itself says that people are in danger."""
    people = alerts.called_first(incident, now)
    _alert(incident, people, rules.worse({}, incident.facts), reach, now, purpose=alerts.LIFE_SAFETY_PURPOSE)


def tell_if_worse(incident: Incident, before: dict, reach: Reach, now: datetime) -> None:
    """After the facts have changed: who has to hear of a danger hears of it, or of its end."""
    if worse := rules.worse(before, incident.facts):
        _tell_anew(incident, worse, reach, now)
    elif rules.needs_life_safety(before) and not rules.needs_life_safety(incident.facts):
        stand_down(incident, reach, now)


def tell_returned(incident: Incident, reach: Reach, now: datetime) -> None:
    """Closing ended the alert; opened again, a danger nobody has called over is there again."""
    tell_if_worse(incident, {**incident.facts, "life_risk": []}, reach, now)


def _tell_anew(incident: Incident, worse: list[str], reach: Reach, now: datetime) -> None:
    """Everybody whom the plan names, and everybody who was called before: what they were told is overtaken.

    So is what was found not needed for the rescue: those lines of the checklist are asked again.
    """
    asked_again = ask_again(incident)
    known = _called(incident)
    for one in family(incident):
        end_notices(subject=one.key, purpose=alerts.LIFE_SAFETY_PURPOSE, now=now, reason=OVERTAKEN)
    people = known | _by_person(alerts.called_first(incident, now))
    _alert(incident, people.values(), worse, reach, now, asked_again=asked_again)


def tell_united(incident: Incident, into: Incident, before: dict, reach: Reach, now: datetime) -> None:
    """After two have become one: what was told stays told, and who has not heard the worst of it is told now.

    `before`: what was known of the one that goes on.
    """
    known, known_there = _called(incident), _called(into)
    there, here = rules.worse(before, into.facts), rules.worse(incident.facts, into.facts)
    unaware: dict[int, Recipient] = {}
    if there:
        let_take_part(incident=into, posts=alerts.responders(incident, now))
        named = known_there | _by_person(alerts.called_first(into, now))
        unaware |= {pk: one for pk, one in named.items() if pk not in known}
    if here:
        unaware |= {pk: one for pk, one in known.items() if pk not in known_there}
    if unaware:
        _alert(into, unaware.values(), there or here, reach, now)


def stand_down(incident: Incident, reach: Reach, now: datetime) -> None:
    """It is over: nobody is called any more, and who was told hears it, once for each alert."""
    keys = [one.key for one in family(incident)]
    told = told_of(keys, alerts.LIFE_SAFETY_PURPOSE)
    settle_threads(keys, now)
    others = [one for one in told if one.person.pk != reach.user.pk]
    if others:
        alerts.tell_stood_down(incident, others, now=now)


def _alert(
    incident: Incident,
    people: Iterable[Recipient],
    worse: list[str],
    reach: Reach,
    now: datetime,
    purpose: str = "",
    asked_again: Sequence[str] = (),
) -> None:
    """Who is called to help may open the incident from then on."""
    called = list(people)
    if not called:
        _tell_nobody(incident, reach, now)
        return
    let_take_part(incident=incident, posts=alerts.responders(incident, now))
    content = {
        "place": incident.place,
        "life_risk": incident.facts.get("life_risk", []),
        "worse": worse,
        "told": len(called),
        **({"asked_again": list(asked_again)} if asked_again else {}),
    }
    record_entry(
        incident,
        "incident.life_safety_alerted",
        reach,
        at=now,
        level=incident.proposed_level,
        content=content,
    )
    alerts.alert_life_safety(
        incident, called, worse, now=now, purpose=purpose or alerts.next_purpose(incident)
    )


def _tell_nobody(incident: Incident, reach: Reach, now: datetime) -> None:
    """No record of an alert that nobody had: the one who reports it has to telephone."""
    tell_sender(
        reach.user,
        alerts.occasion_of(incident, purpose=alerts.LIFE_SAFETY_PURPOSE),
        who={"zh": "预案指定的人员", "en": "those whom the plan names"},
        about={"zh": incident.number, "en": incident.number},
        now=now,
    )


def _called(incident: Incident) -> dict[int, Recipient]:
    """Whom an alert of the incident, or of one that is part of it, has reached or is on its way to."""
    keys = [one.key for one in family(incident)]
    return _by_person(told_of(keys, alerts.LIFE_SAFETY_PURPOSE, also_waiting=True))


def _by_person(people: Iterable[Recipient]) -> dict[int, Recipient]:
    return {one.person.pk: one for one in people}
