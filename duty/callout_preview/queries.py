"""Ask the roster: for a place, a level and a moment, exactly who would be told, in which order, and by what.

Nothing here decides whom to tell: every wave asks the function that the act itself asks when it queues its
notices (incidents.reporting.alerts, early_warnings.outgoing.alerts, plans.people.holders, notices.silence.next_contact). What is added is what is known
of each person's telephone (readiness) and where the chain breaks.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta

from accounts.contacts.queries import has_gateway
from accounts.models import Unit
from accounts.queries import Holder, title_labels
from clocks.durations import parse
from duty.callout_preview.choices import LIFE_RISK, Break, Moment, What
from duty.callout_preview.gaps import break_of_role, with_breaks
from duty.callout_preview.no_answer import Silence, told_by
from duty.callout_preview.results import Answer, Broken, Call, Told, Wave
from duty.comms_checks import rules
from duty.comms_checks.contacts import contacts_of
from early_warnings.outgoing.alerts import OVERDUE, TO_SIGN, whom_to_tell
from incidents.reporting import alerts
from notices.actions import usable_channels
from notices.choices import Channel
from notices.recipients import Recipient
from notices.rules import NOT_FOLLOWED_UP
from plans.document.notifying import channels_of, escalation_of
from plans.document.sections import Actions, actions_for, alarm_roles
from plans.engine.evaluation import Document, levels_of
from plans.lifecycle.queries import plan_in_force
from plans.people.holders import Bench, Signatory, in_the_chair, next_to_ask, recipients, signatories

#: So long after the warning is proposed these people are asked for the signature.
Asked = tuple[timedelta, Sequence[Holder]]


def ask(unit: Unit, level: str, at: datetime) -> Answer:
    """Who would be told in `unit` at `at`. Queries grow with the people told, not with the bureau.

    Whoever drafts the warning is told too; who that is, nobody knows beforehand. The first signatory is taken
    to sign. An unknown level gives what an alarm does. Raises WrongState where no plan is in force.
    """
    version = plan_in_force(unit, at)
    document = version.document
    if level == LIFE_RISK:
        call = _life_safety(document, unit, at)
        waves = _known(_waves(call, unit, at))
        return Answer(version, unit, level, at, waves, needs_each=call.escalation.needs_each)

    drawn = list(_waves(_alarm(document, unit, at), unit, at))
    if level not in {known.id for known in levels_of(document)}:
        return Answer(version, unit, "", at, _known(drawn))
    actions = actions_for(document, level)
    seats = signatories(document, level, unit, at)
    drawn += [_to_sign(asked) for asked in _asked(actions, seats, at)]
    signed = _signed(document, actions, seats, unit, at)
    drawn += _waves(signed, unit, at)
    return Answer(version, unit, level, at, _known(drawn), actions.report_to, signed.escalation.needs_each)


# --- the calls, each as the act itself makes it ------------------------------------------------------------


def _alarm(document: Document, unit: Unit, at: datetime) -> Call:
    roles = alarm_roles(document)
    people = alerts.people_of(roles, unit.path, at, nearest=True)
    return Call(Moment.ALARM, people, alerts.REPORTED, NOT_FOLLOWED_UP, roles)


def _life_safety(document: Document, unit: Unit, at: datetime) -> Call:
    roles = alarm_roles(document, life_safety=True)
    people = alerts.people_of(roles, unit.path, at, nearest=False)
    escalation = escalation_of(document, "", insists=True)
    return Call(Moment.LIFE_SAFETY, people, alerts.LIFE_SAFETY, escalation, roles)


def _signed(
    document: Document, actions: Actions, seats: Sequence[Signatory], unit: Unit, at: datetime
) -> Call:
    first = in_the_chair(seats[0], at) if seats else []
    named = recipients(document, actions.level, unit, at).phone
    asked = {holder.post.pk for holder in first}
    people = whom_to_tell(unit.path, named, asked, at, besides=first[0].person if first else None)
    escalation = escalation_of(document, actions.level)
    return Call(Moment.SIGNED, people, channels_of(document), escalation, actions.phone)


def _asked(actions: Actions, seats: Sequence[Signatory], at: datetime) -> Iterator[Asked]:
    """Who is asked to sign: first whom the plan names, then as each sign-off clock runs out."""
    first = in_the_chair(seats[0], at) if seats else []
    yield timedelta(), first
    asked = {holder.post.pk for holder in first}
    for clock in sorted(actions.signoff, key=lambda clock: parse(clock.duration).amount):
        if seat := next_to_ask(seats, clock.to, asked):
            asked |= {holder.post.pk for holder in seat.holders}
            yield timedelta(seconds=parse(clock.duration).amount), seat.holders


# --- waves -------------------------------------------------------------------------------------------------


def _waves(call: Call, unit: Unit, at: datetime) -> Iterator[Wave]:
    bench, ways = Bench(unit, at), usable_channels(call.channels)
    breaks = [Broken(why, role.words) for role in call.roles if (why := break_of_role(bench, role))]
    breaks += [Broken(Break.NOT_SET_UP, str(Channel(one).label)) for one in call.channels if one not in ways]
    people = tuple(told_by(one, call.channels) for one in call.people)
    yield Wave(call.moment, What.TOLD, timedelta(), people, tuple(breaks))
    yield from Silence(call, unit, at).waves()


def _to_sign(asked: Asked) -> Wave:
    after, holders = asked
    channels = OVERDUE if after else TO_SIGN
    people = {one.person.pk: Recipient(one.person, one.post.title, one.post.pk) for one in holders}
    told = tuple(told_by(one, channels) for one in people.values())
    breaks = () if told else (Broken(Break.NO_SIGNATORY),)
    return Wave(Moment.PROPOSED, What.SIGNS_NEXT if after else What.SIGNS, after, told, breaks)


def _known(waves: Iterable[Wave]) -> tuple[Wave, ...]:
    """The waves with what is known of everybody's telephone, read once for all of them."""
    drawn, gateway = list(waves), has_gateway()
    contacts = contacts_of({told.person.pk: told.person for wave in drawn for told in wave.people}.values())

    def known(told: Told) -> Told:
        contact = contacts[told.person.pk]
        ways = (
            way._replace(lack=rules.lack_on(way.channel, contact, has_gateway=gateway)) for way in told.ways
        )
        return told._replace(ways=tuple(ways))

    marked = (wave._replace(people=tuple(known(told) for told in wave.people)) for wave in drawn)
    return _said([with_breaks(wave, contacts, has_gateway=gateway) for wave in marked])


def _said(waves: Sequence[Wave]) -> tuple[Wave, ...]:
    """The waves with the titles of posts in the reader's language."""
    people = [told for wave in waves for told in wave.people]
    abouts = [broken.about for wave in waves for broken in wave.breaks if isinstance(broken.about, str)]
    titles = title_labels([*(one.post for one in people), *(one.instead_of for one in people), *abouts])

    def told(one: Told) -> Told:
        return one._replace(post=titles.get(one.post, ""), instead_of=titles.get(one.instead_of, ""))

    def broken(one: Broken) -> Broken:
        return one._replace(about=titles.get(one.about, "")) if isinstance(one.about, str) else one

    return tuple(
        wave._replace(people=tuple(map(told, wave.people)), breaks=tuple(map(broken, wave.breaks)))
        for wave in waves
    )
