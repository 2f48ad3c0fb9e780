"""What follows if nobody hears: the plan's steps, each asked for its own moment."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from accounts.models import Post, Unit
from duty.callout_preview.choices import Break, What
from duty.callout_preview.results import Broken, Call, Told, Wave, Way
from notices.actions import VOICE_AFTER, is_chat_beside, usable_channels, ways_to
from notices.choices import ALERT, Channel, Do
from notices.models import Callout
from notices.recipients import Recipient
from notices.silence import next_contact


def told_by(one: Recipient, channels: Iterable[str], instead_of: str = "") -> Told:
    """The person with the channels the outbox would use: those that are set up, a call after the text message."""
    channels = list(channels)
    ways = ways_to(one, usable_channels(channels), in_chat=is_chat_beside(channels, ALERT))
    waits = {Channel.VOICE: VOICE_AFTER} if Channel.SMS in ways else {}
    drawn = tuple(Way(way, waits.get(Channel(way), timedelta())) for way in ways)
    return Told(one.person, one.post_title, drawn, instead_of)


class Silence:
    """What follows if nobody hears: step by step as the plan says, each asked for its own moment."""

    def __init__(self, call: Call, unit: Unit, at: datetime):
        self.call, self.unit, self.at = call, unit, at
        posts = Post.objects.select_related("unit").in_bulk(
            {one.post_id for one in call.people if one.post_id}
        )
        self.callouts = [self._callout(one, posts.get(one.post_id or 0)) for one in call.people]
        self.told = {one.person.pk for one in call.people}
        self.used = set(usable_channels(call.channels))

    def _callout(self, one: Recipient, post: Post | None) -> Callout:
        """The row that would stand behind the step; it is never saved."""
        return Callout(recipient=one.person, post=one.post_title, held_post=post, unit=self.unit,
                       unit_path=self.unit.path)  # fmt: skip

    def waves(self) -> Iterable[Wave]:
        for step in self.call.escalation.steps if self.callouts else ():
            people, breaks = self._step(step.do, step.channels, self.at + step.after)
            yield Wave(self.call.moment, What(step.do), step.after, tuple(people), tuple(breaks))

    def _step(self, do: str, channels: Sequence[str], now: datetime) -> tuple[list[Told], list[Broken]]:
        if do == Do.SECOND_CHANNEL:
            return self._second_channel(channels)
        return self._next_persons(now) if do == Do.NEXT_PERSON else self._leaders(now)

    def _second_channel(self, channels: Sequence[str]) -> tuple[list[Told], list[Broken]]:
        fresh = [channel for channel in usable_channels(channels) if channel not in self.used]
        self.used |= set(fresh)
        if not fresh:
            return [], [Broken(Break.NOT_SET_UP, str(Channel(channel).label)) for channel in channels]
        return [told_by(one, fresh) for one in self.call.people], []

    def _next_persons(self, now: datetime) -> tuple[list[Told], list[Broken]]:
        """One after the other, as the steps are taken: whoever was told already is not told again."""
        found, breaks = [], []
        for callout in self.callouts:
            one = next_contact.next_person(callout, self.told, now)
            if one is None:
                breaks.append(Broken(Break.NOBODY_LEFT, callout.post or str(callout.recipient)))
                continue
            self.told.add(one.person.pk)
            recipient = Recipient(one.person, one.post.title, one.post.pk)
            found.append(told_by(recipient, self.call.channels, callout.post))
        return found, breaks

    def _leaders(self, now: datetime) -> tuple[list[Told], list[Broken]]:
        found: dict[int, Told] = {}
        breaks = []
        for callout in self.callouts:
            leaders = next_contact.duty_leaders(callout, now)
            for one in leaders:
                recipient = Recipient(one.person, one.post.title, one.post.pk)
                found.setdefault(one.person.pk, told_by(recipient, [Channel.APP, Channel.SMS]))
            if not leaders:
                breaks.append(Broken(Break.OFF_DUTY, callout.post or str(callout.recipient)))
        return list(found.values()), breaks
