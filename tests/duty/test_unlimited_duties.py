"""Duties for which the plan sets no time limit: told again to whoever comes on duty, until they are settled."""

from datetime import timedelta

import pytest

from command.obligations.actions import Settled, settle_duty
from command.obligations.models import Obligation
from command.obligations.reminding import unlimited
from duty.shifts import actions
from journal.models import Entry
from journal.record import content_of
from notices.models import Notice
from notices.relevance.send_checks import judge
from rosters.models import Shift
from tests.command.responding import asked, incident, passwords, started
from tests.duty.test_shifts import at

__all__ = ["asked", "incident", "passwords", "started"]

pytestmark = pytest.mark.django_db


@pytest.fixture
def response(started, now):
    """An active response of county 1 whose duties have no time limit but one that lasts as long as it does."""
    made = started("red")
    made.obligations.update(due_at=None, why_no_clock="not_said", kind="act")
    first = made.obligations.first()
    first.pk, first.item, first.kind, first.why_no_clock = None, "watch", "keep", "lasts"
    first.save(force_insert=True)
    return made


def reminded():
    return Notice.objects.filter(purpose="obligation.reminded")


def test_each_shift_that_begins_is_told_until_they_are_settled(response, published, reach):
    published()
    wanted = response.obligations.exclude(kind="keep")
    actions.begin_due(at(24))
    shift = Shift.objects.at(at(24)).get(post__kind="duty_officer")

    first = reminded().filter(subject=shift.key)
    assert first.filter(recipient=shift.person).count() == 1
    assert all(duty.title_zh in first.first().text_zh for duty in wanted[:1])
    entry = Entry.objects.filter(kind="obligation.reminded", subject=response.key).first()
    assert content_of(entry)["note"] == "、".join(duty.title_zh for duty in wanted)

    actions.begin_due(at(25))
    following = Shift.objects.at(at(25)).get(post__kind="duty_officer")
    assert reminded().filter(subject=following.key).exists()

    for duty in wanted:
        told = {"told": "总值班室", "told_at": None, "answer": "同意"} if duty.kind == "tell" else {}
        settle_duty(
            response_id=response.pk, duty_id=duty.pk, reach=reach("county1.duty", at(25)), verb="done",
            settled=Settled("已办", **told), now=at(25, 10),
        )  # fmt: skip
    before = reminded().count()
    actions.begin_due(at(26))

    assert reminded().count() == before


def test_the_reminder_ends_with_the_last_duty(response, published, reach):
    published()
    actions.begin_due(at(24))
    shift = Shift.objects.at(at(24)).get(post__kind="duty_officer")
    notice = reminded().get(subject=shift.key, recipient=shift.person)
    assert judge([notice], at(24))[notice.pk].kind == "send"

    response.obligations.update(
        state="not_needed", settled_at=at(24), settled_by=reach("county1.duty").user, note="x"
    )

    assert judge([notice], at(24))[notice.pk].kind != "send"


def test_a_time_limit_has_its_own_clock_and_is_not_in_the_list(response, units, now):
    listed = {duty.pk for duty in unlimited(units["C1"])}
    assert listed == set(response.obligations.exclude(kind="keep").values_list("pk", flat=True))

    response.obligations.exclude(kind="keep").update(due_at=now + timedelta(hours=1), why_no_clock="")

    assert unlimited(units["C1"]) == []


def test_the_city_is_not_reminded_of_what_a_county_sees_to(response, units):
    assert unlimited(units["C1"])
    assert unlimited(units["C0"]) == []
    assert unlimited(units["C2"]) == []


@pytest.mark.parametrize("many", [1, 3])
def test_the_list_asks_two_queries_however_many_duties(response, units, django_assert_num_queries, many):
    wanted = response.obligations.exclude(kind="keep")
    Obligation.objects.filter(pk__in=[duty.pk for duty in wanted[1:]]).delete()
    first = wanted.first()
    for n in range(many - 1):
        first.pk, first.item = None, f"more-{n}"
        first.save(force_insert=True)

    with django_assert_num_queries(2):
        assert len(unlimited(units["C1"])) == many
