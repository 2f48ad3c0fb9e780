"""Random histories of two incidents: alarm, observation, merge, retract, close, reopen, warning, lift, order, recall,
answers and silence, with the engine turning in between on a frozen clock. Everything follows from the seed.

The model beside it is as plain as can be: what is open, what danger there is, what each alert has said. It shares no
code with the product's own checks.
"""

import random
from collections import Counter
from datetime import timedelta

from django.db.models import Q

from command.orders import actions as orders
from common.errors import Refused
from early_warnings.proposals import actions as proposals
from early_warnings.signing import actions as signing
from incidents import actions
from incidents.models import Incident
from incidents.reporting.actions import Alarm, add_observation, report_incident
from journal.models import Entry
from journal.record import content_of
from notices import actions as notices
from notices.models import Callout, EscalationStep, Notice
from notices.reading.queries import inbox
from notices.sending import outbox
from notices.silence import escalation, manual_calls
from plans.engine.facts import Facts
from tests.incidents.closing import answered

SECOND = timedelta(seconds=1)
RISKS = ["suicide_threat", "self_harm_occurring", "medical_emergency"]
#: What is said after an end, or about somebody else.
FAREWELLS = ("incident.stood_down", "warning.lifted", "order.recalled", "notice.nobody", "clock.breached")


class History:
    def __init__(self, seed, cast, units, reach, phones, now):
        self.chance = random.Random(seed)
        self.cast, self.units, self.reach, self.phones = cast, units, reach, phones
        self.now, self.made = now, 0
        #: pk → what the model knows: open, risks, hurt, into
        self.events: dict[int, dict] = {}
        self.warned: dict[int, dict] = {}
        self.ordered: dict[int, dict] = {}
        #: What somebody has been told of, by the incident that goes on.
        self.told: dict[int, set[str]] = {}
        self.log: list[str] = []
        self.seen = 0
        self.counts: Counter = Counter()

    # --- acts ------------------------------------------------------------------------------------------------

    def play(self):
        self.alarm()
        for _act in range(self.chance.randint(4, 8)):
            act = self.chance.choice(
                [self.alarm, self.observe, self.observe, self.observe, self.merge, self.retract, self.close,
                 self.reopen, self.warn, self.lift, self.order, self.recall, self.answer, self.answer]
            )  # fmt: skip
            self.log.append(act.__name__)
            act()
            self.turn()
            self.check()
            self.let_time_pass()
        self.end_everything()

    def alarm(self):
        if len(self.events) >= 3:
            return
        self.made += 1
        facts = self._facts()
        unit = self.chance.choice(["C1", "T11"])
        who = "county1.duty" if unit == "C1" else "town11.clerk"
        given = Alarm(
            unit=self.units[unit],
            place="大厅",
            what="来访",
            facts=Facts.from_dict(facts),
            client_id=f"h{self.made}",
        )
        event, _new = report_incident(reach=self.reach(who, self.now), alarm=given, now=self.now)
        self.events[event.pk] = {"open": True, "into": None, "risks": set(), "hurt": 0}
        self.told[event.pk] = set()
        self._worsen(event.pk, facts)

    def observe(self):
        if event := self._an_open_one():
            facts = self._facts()
            add_observation(
                incident_id=event, reach=self._duty(), what="现场", facts=Facts.from_dict(facts), now=self.now
            )
            self._worsen(event, facts)

    def merge(self):
        one, into = self._an_open_one(), self._an_open_one()
        if not one or one == into or self._held(one):
            return
        actions.merge_incident(incident_id=one, into_id=into, reach=self._duty(), now=self.now)
        gone, stays = self.events[one], self.events[into]
        gone["open"], gone["into"] = False, into
        # What was told of the one that ends stays told.
        self.told[into] |= self.told[one] & (gone["risks"] | {"hurt"})
        self._worsen(into, {"life_risk": stays["risks"] | gone["risks"],
                            "casualties": {"injured": max(gone["hurt"], stays["hurt"])}}, merged=one)  # fmt: skip

    def retract(self):
        self._finish(
            lambda event: actions.retract_incident(incident_id=event, reach=self._duty(), now=self.now)
        )

    def close(self):
        self._finish(self._close)

    def reopen(self):
        closed = [pk for pk in self.events if Incident.objects.get(pk=pk).state == "closed"]
        if closed:
            event = self.chance.choice(closed)
            actions.reopen_incident(incident_id=event, reach=self._duty(), reason="仍有情况", now=self.now)
            self.events[event]["open"] = True
            # What was told of it ended with it.
            self.told[event] -= set(RISKS)
            if self.events[event]["risks"]:
                self._expect_alert(event, self.events[event]["risks"])

    def warn(self):
        event = self._an_open_one()
        if not event or any(w["live"] and w["incident"] == event for w in self.warned.values()):
            return
        statement = proposals.Statement(level="blue", reason="人数较多")
        warning = proposals.propose_new_warning(
            incident_id=event, reach=self._duty(), statement=statement, now=self.now
        )
        self.warned[warning.pk] = {"live": True, "incident": event}
        signed = signing.sign_warning(
            warning_id=warning.pk, reach=self.reach("county1.director", self.now), credential=self.password, now=self.now
        )  # fmt: skip
        assert signed.state == "in_force"

    def lift(self):
        if live := [pk for pk, one in self.warned.items() if one["live"]]:
            pk = self.chance.choice(live)
            signing.lift_warning(
                warning_id=pk,
                reach=self.reach("county1.director", self.now),
                reason="人员已离开",
                credential=self.password,
                now=self.now,
            )
            self.warned[pk]["live"] = False

    def order(self):
        event = self._an_open_one()
        squad = self.chance.choice(["dialogue", "perimeter"])
        busy = any(o["live"] and (o["incident"], o["squad"]) == (event, squad) for o in self.ordered.values())
        if event and not busy:
            target = orders.read_target(f"squad:{squad}@C1")
            order = orders.issue_order(
                incident_id=event, reach=self._duty(), target=target, task="到场", now=self.now
            )
            self.ordered[order.pk] = {"live": True, "incident": event, "squad": squad}

    def recall(self):
        if live := [pk for pk, one in self.ordered.items() if one["live"]]:
            pk = self.chance.choice(live)
            orders.move_order(order_id=pk, reach=self._duty(), verb="recall", note="误派", now=self.now)
            self.ordered[pk]["live"] = False

    def answer(self):
        """Somebody presses a button, whatever it is about, also when it is over."""
        rows = list(Notice.objects.filter(channel="app", acknowledged_at=None).order_by("pk"))
        for row in self.chance.sample(rows, min(2, len(rows))):
            answer = self.chance.choice(["", "coming", "cannot", "passed_on"])
            notices.acknowledge_notice(
                notice_id=row.pk, actor=self.cast[row.recipient_id], now=self.now, answer=answer
            )

    def end_everything(self):
        """The last acts: every warning lifted, every order recalled, every incident over. Then it is quiet."""
        while any(one["live"] for one in self.warned.values()):
            self.lift()
        while any(one["live"] for one in self.ordered.values()):
            self.recall()
        for event, known in self.events.items():
            if known["open"]:
                if self.chance.random() < 0.5:
                    self._close(event)
                else:
                    actions.retract_incident(incident_id=event, reach=self._duty(), now=self.now)
                known["open"] = False
        self.log.append("the end")
        for _turn in range(4):
            self.now += 100 * SECOND
            self.turn()
            self.check()
        self.check_silence()

    # --- time ------------------------------------------------------------------------------------------------

    def let_time_pass(self):
        for _turn in range(self.chance.choice([0, 1, 3])):
            self.now += self.chance.choice([1, 30, 61, 130]) * SECOND
            self.turn()
            self.check()

    def turn(self):
        escalation.take_due(self.now, limit=1000)
        outbox.send_due(self.now, limit=1000)
        self.check_nothing_leaves_after_an_end()

    # --- what must hold ----------------------------------------------------------------------------------------

    def check(self):
        self.check_every_danger_is_told()
        self.check_no_alert_without_a_notice()

    def check_nothing_leaves_after_an_end(self):
        fresh, self.seen = self.phones.rang[self.seen :], len(self.phones.rang)
        for channel, who, purpose, subject in fresh:
            self.counts[purpose.split(".")[0]] += 1
            if not purpose.startswith(FAREWELLS):
                assert self.is_live(subject, purpose), (channel, who, purpose, subject, self.log)

    def check_every_danger_is_told(self):
        for event, known in self.events.items():
            if known["open"]:
                wanted = known["risks"] | ({"hurt"} if known["hurt"] else set())
                assert wanted <= self.told[event], (event, wanted, self.told[event], self.log)

    def check_no_alert_without_a_notice(self):
        for event in self.events:
            key = f"incident:{event}"
            entries = Entry.objects.filter(subject=key, kind="incident.life_safety_alerted").count()
            rows = Notice.objects.filter(subject=key, purpose__startswith="incident.life_safety")
            purposes = set(rows.exclude(purpose__contains=".still").values_list("purpose", flat=True))
            assert entries == len(purposes), (event, entries, purposes, self.log)

    def check_silence(self):
        """All is over: nobody is waited for, nobody has to be called, nobody is asked whether they come."""
        assert not EscalationStep.objects.filter(done_at=None).exists(), self.log
        waited_for = Callout.objects.filter(ended_at=None).exclude(purpose__startswith="notice.")
        farewells = Q(purpose__startswith="incident.stood_down") | Q(purpose="order.recalled")
        assert not waited_for.exclude(farewells).exists(), (list(waited_for), self.log)
        for name in ("county1.duty", "city.duty"):
            calls = manual_calls.to_call(self.reach(name, self.now)).exclude(farewells)
            assert not calls.exists(), self.log
        for person in self.cast.values():
            for row in inbox(person):
                assert not row.wants_answer, (row, self.log)

    def is_live(self, subject, purpose):
        kind, _colon, pk = subject.partition(":")
        if kind == "incident":
            event = self.events[self._root(int(pk))]
            in_danger = bool(event["risks"] or event["hurt"])
            is_about_danger = "life_safety" in purpose or purpose.startswith("notice.unheard")
            return event["open"] and (in_danger or not is_about_danger)
        return {"warning": self.warned, "order": self.ordered}[kind][int(pk)]["live"]

    # --- the model ---------------------------------------------------------------------------------------------

    def _worsen(self, event, facts, merged=None):
        known = self.events[event]
        before, hurt = known["risks"], known["hurt"]
        if "life_risk" in facts:
            known["risks"] = set(facts["life_risk"])
        if "casualties" in facts:
            known["hurt"] = facts["casualties"].get("injured", 0)
        # A danger that has passed and returns is told again.
        self.told[event] &= known["risks"] | {"hurt"}
        worse = known["risks"] - before | ({"hurt"} if known["hurt"] > hurt else set())
        if merged is None and worse:
            self._expect_alert(event, worse)
        elif merged is not None:
            self._note_alerts(event)

    def _expect_alert(self, event, worse):
        """An alert of the journal, and a message that leaves for it at the next turn."""
        before = len(self.phones.rang)
        self.turn()
        left = self.phones.rang[before:]
        assert any(
            purpose.startswith("incident.life_safety") and subject == f"incident:{event}"
            for _channel, _who, purpose, subject in left
        ), (event, worse, left, self.log)
        self.told[event] |= worse

    def _note_alerts(self, event):
        """After a merge: what the last alert of the survivor said is told."""
        rows = Entry.objects.filter(
            subject=f"incident:{event}", kind="incident.life_safety_alerted", at=self.now
        )
        for entry in rows:
            said = set(content_of(entry)["worse"])
            self.told[event] |= said & set(RISKS) | ({"hurt"} if "injured" in said else set())

    def _root(self, pk):
        while self.events[pk]["into"]:
            pk = self.events[pk]["into"]
        return pk

    def _finish(self, act):
        event = self._an_open_one()
        if event and not self._held(event):
            act(event)
            self.events[event]["open"] = False

    def _close(self, event):
        answers = answered(Incident.objects.get(pk=event), self.now)
        actions.close_incident(
            incident_id=event, reach=self._duty(), summary="已结束", answers=answers, now=self.now
        )

    def _held(self, event):
        held = any(
            o["live"] and o["incident"] == event for o in (*self.warned.values(), *self.ordered.values())
        )
        if held:
            try:
                actions.retract_incident(incident_id=event, reach=self._duty(), now=self.now)
            except Refused:
                return True
            raise AssertionError(("retracted with something open", self.log))
        return False

    def _an_open_one(self):
        alive = sorted(pk for pk, known in self.events.items() if known["open"])
        return self.chance.choice(alive) if alive else None

    def _facts(self):
        facts: dict = {}
        if self.chance.random() < 0.7:
            facts["life_risk"] = self.chance.sample(RISKS, self.chance.choice([0, 0, 1, 1, 2]))
        if self.chance.random() < 0.3:
            facts["casualties"] = {"injured": self.chance.randint(0, 2)}
        return facts or {"headcount": self.chance.randint(1, 40)}

    def _duty(self):
        return self.reach("county1.duty", self.now)

    password = ""
