"""Random histories of warnings: people who answer, do not, have a wrong number, leave, go off duty; providers
that refuse, fail, lose answers and report late and twice; engines that die between any two steps.

A history is one warning with its recipients. Many run side by side in one database on one frozen clock, as they
would in a bureau: that is quick, and they may disturb each other. Everything follows from the seed.
"""

import random
import zlib
from collections import Counter
from datetime import timedelta

from django.db import transaction

from notices import actions
from notices.channels import SendResult, key_of
from notices.choices import ALERT, Do
from notices.incoming import gateway_events
from notices.models import Callout, Notice
from notices.occasions import Occasion
from notices.recipients import Recipient
from notices.rules import Escalation, StepLine
from notices.sending import outbox
from notices.sending.message_templates import Message
from notices.silence import escalation

SECOND = timedelta(seconds=1)
STEPS = (
    StepLine(60 * SECOND, Do.SECOND_CHANNEL, ("voice",)),
    StepLine(120 * SECOND, Do.NEXT_PERSON),
    StepLine(180 * SECOND, Do.BREACH),
)
FACTS = {"level": "红色", "number": "W", "area": "大厅", "matter": "聚集", "measures": "先救人"}


class Died(BaseException):
    """The engine was killed here: nothing after this line happened."""


class PhoneCompany:
    """Both gateways in one: it honours keys, loses answers, and reports late, twice and in any order."""

    def __init__(self, chance: random.Random):
        self.chance = chance
        #: key → the notices (recipient, subject, purpose, channel) a phone showed for it
        self.shown: dict[str, list[tuple]] = {}
        self.called: list[tuple] = []
        self.reports: list[tuple] = []
        self.wrong: set[int] = set()

    def send(self, notices, timeout):
        notice, key = notices[0], key_of(notices)
        if notice.recipient_id in self.wrong:
            return SendResult("never", error="the gateway refused it (400)")
        luck = self.chance.random()
        if luck < 0.10:
            return SendResult("again", error="the gateway answered 503")
        self.called += [(one.recipient_id, one.held_post_id) for one in notices]
        self.shown.setdefault(
            key, [(one.recipient_id, one.subject, one.purpose, one.channel) for one in notices]
        )
        self._will_report(f"p-{key}", notice)
        if luck < 0.17:
            return SendResult("again", error="ReadTimeout")
        return SendResult("sent", provider_id=f"p-{key}")

    def _will_report(self, provider_id, notice):
        """A black hole says nothing; others say it late, some twice."""
        if self.chance.random() < 0.35:
            return
        delay = self.chance.choice([0, 1, 5, 30, 90, 200])
        said = ["delivered"]
        if self.chance.random() < 0.4:
            said.append("heard")
        if self.chance.random() < 0.4:
            said.append("reply")
        if self.chance.random() < 0.1:
            said = ["failed"]
        self.chance.shuffle(said)
        for number, event in enumerate(said):
            reply = self.chance.choice(["1", "1", "1", "2", "3", "什么"]) if event == "reply" else ""
            for _time in range(1 + (self.chance.random() < 0.2)):
                self.reports.append((delay + number, provider_id, event, reply))


class World:
    """Many warnings, one clock."""

    def __init__(self, seed, cast, held, units, now, histories):
        self.chance = random.Random(seed)
        self.company = PhoneCompany(self.chance)
        self.cast, self.held, self.units, self.now = cast, held, units, now
        self.start, self.histories = now, histories
        self.deaths = 0
        self.off_duty: set[tuple] = set()

    def begin(self):
        for number in range(self.histories):
            people = self.chance.sample(self.held, self.chance.choice([1, 1, 1, 2]))
            with transaction.atomic():
                actions.queue_notices(
                    Occasion("warning.signed", f"warning:{number}", self.units["C1"], f"incident:{number}"),
                    Message(wording="warning.signed", facts=FACTS),
                    recipients=[Recipient(one.person, one.post.title, one.post_id) for one in people],
                    channels=["app", "sms"],
                    priority=ALERT,
                    escalation=Escalation(STEPS, needs_each=self.chance.random() < 0.6, level="red"),
                    now=self.now,
                )

    def run(self, seconds):
        """Run the jobs until that moment, with everything that happens in between."""
        while self.now - self.start < seconds * SECOND:
            self.now += self.chance.choice([5, 10, 15]) * SECOND
            self._reports_come()
            self._people_look_at_their_screens()
            self._turn(lambda: escalation.take_due(self.now, limit=1000))
            self._turn(lambda: outbox.send_due(self.now, limit=1000))

    def settle(self):
        """Nothing goes wrong any more: what can still move, moves."""
        self.chance.random, self.company.reports = (lambda: 0.5), []
        for _turn in range(30):
            self.now += 20 * SECOND
            escalation.take_due(self.now, limit=2000)
            outbox.send_due(self.now, limit=2000)

    def _turn(self, job):
        try:
            job()
        except Died:
            self.deaths += 1

    def _reports_come(self):
        for report in self.company.reports[:]:
            _delay, provider_id, event, reply = report
            if self.chance.random() < 0.3:
                self.company.reports.remove(report)
                gateway_events.receive(
                    gateway_events.Report(provider_id=provider_id, event=event, reply=reply, at=self.now),
                    now=self.now,
                )

    def _people_look_at_their_screens(self):
        waiting = list(Notice.objects.filter(channel="app", acknowledged_at=None).order_by("pk")[:400])
        for notice in waiting:
            if self.chance.random() < 0.06:
                answer = self.chance.choice(["", "coming", "cannot", "passed_on"])
                actions.acknowledge_notice(
                    notice_id=notice.pk, actor=self.cast[notice.recipient_id], now=self.now, answer=answer
                )


def die_at(chance, share):
    """A crash point that kills now and then."""

    def crash(name):
        if name.startswith("notices.") and chance.random() < share:
            raise Died(name)

    return crash


def lost(world) -> list[str]:
    """Recipients who ended neither delivered, nor confirmed, nor escalated."""
    found = []
    for callout in Callout.objects.filter(purpose="warning.signed"):
        rows = Notice.objects.filter(
            recipient=callout.recipient_id, subject=callout.subject, purpose=callout.purpose
        ).values_list("delivered_at", "heard_at", "acknowledged_at")
        is_reached = any(any(moments) for moments in rows)
        if not (is_reached or callout.answer or callout.escalated_at or _somebody_else_comes(callout)):
            found.append(str(callout))
    return found


def _somebody_else_comes(callout) -> bool:
    """Enough where the plan does not ask for each person; who cannot come after all is replaced, and that is followed."""
    others = Callout.objects.filter(subject=callout.subject, purpose=callout.purpose, answer="coming")
    came = callout.steps.filter(result="another one comes")
    return not callout.needs_each and (others.exists() or came.exists())


def told_twice(company) -> dict:
    """(person, subject, purpose, channel) shown on a phone under more than one key."""
    counts = Counter(shown for notices in company.shown.values() for shown in set(notices))
    return {shown: count for shown, count in counts.items() if count > 1}


def unfinished() -> int:
    return Notice.objects.filter(state="queued").count()


def fingerprint(company) -> int:
    return zlib.crc32(repr(sorted(company.shown.values())).encode())
