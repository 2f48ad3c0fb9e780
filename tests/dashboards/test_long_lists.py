"""Pages of the duty to answer cost as many statements with forty of everything as with one."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from cases.demands.actions import register_demand
from cases.demands.models import Demand
from cases.hotline.models import HotlineTotal
from cases.leader_cases.models import CaseReason, LeaderCase
from cases.official_forms.models import OfficialForm
from cases.receptions.actions import book_reception
from cases.receptions.models import Reception
from clocks import rulebook
from clocks.models import Clock
from dashboards.ledgers.ledgers import LEDGERS
from journal.keys import key
from supervision.corrections.models import Correction
from supervision.inquiries import actions as inquiries
from supervision.inquiries.models import Inquiry
from supervision.visits.models import Visit
from tests.cases.test_hotline import keep, read
from tests.cases.test_leader_cases import campaign
from tests.supervision.conftest import makeup, team
from tests.supervision.test_inquiries import cause, given
from tests.supervision.test_visits import correct, correction, record

__all__ = ["campaign", "cause", "correct", "correction", "given", "keep", "makeup", "read", "record", "team"]
pytestmark = [pytest.mark.django_db, pytest.mark.slow]

MANY = 40
#: The most that one of them may cost: what nobody notices.
MOST = 30


def copies(row, **by_place):
    """`MANY` more rows like this one. `by_place`: what differs, by the place of the row."""
    fields = {field.attname: getattr(row, field.attname) for field in type(row)._meta.concrete_fields[1:]}
    if "number" in fields:
        by_place = {"number": lambda n: f"{row.number}-{n}", **by_place}
    made = [
        type(row)(**{**fields, **{name: make(n) for name, make in by_place.items()}}) for n in range(MANY)
    ]
    return type(row).objects.bulk_create(made)


@pytest.fixture
def one_of_each(campaign, correction, keep, given, signed_in, reach, units, now, wall_clock):
    desk = reach("county1.duty")
    demand = register_demand(reach=desk, unit=units["C1"], origin="counter", point="退还公证费", now=now)
    book_reception(
        reach=desk, unit=units["C1"], place="一楼接访室", scheduled_at=now.replace(hour=9), now=now
    )
    keep("2026-10,C1,劳动争议,12")
    inquiries.open_inquiry(**given)
    asked = {"demand": demand.number, "trigger": "T5", "note": "批示"}
    assert signed_in("county1.duty").post("/leader-cases/propose/", asked).status_code == 303


def fill():
    demands = copies(Demand.objects.get())
    copies(Reception.objects.get())
    (reason,) = CaseReason.objects.all()
    cases = copies(LeaderCase.objects.get(), demand_id=lambda n: demands[n].pk)
    copies(reason, case_id=lambda n: cases[n].pk)
    visit = Visit.objects.get()
    forms = copies(OfficialForm.objects.get(pk=visit.form_id))
    visits = copies(visit, form_id=lambda n: forms[n].pk)
    copies(Correction.objects.get(), visit_id=lambda n: visits[n].pk)
    copies(Inquiry.objects.get())
    copies(
        HotlineTotal.objects.get(), month=lambda n: HotlineTotal.objects.get().month.replace(year=1960 + n)
    )
    clock = Clock.objects.filter(unit__isnull=False).first()
    copies(
        clock, subject=lambda n: key("demand", demands[n].pk), thread=lambda n: key("demand", demands[n].pk)
    )


def test_forty_rows_cost_what_one_does(one_of_each, signed_in, campaign):
    browser = signed_in("county1.director")
    case, demand = LeaderCase.objects.get(), Demand.objects.get()
    pages = [
        "/receptions/", "/receptions/counter/", "/demands/", f"/demands/{demand.number}/", "/answers-due/",
        "/answers-due/?unit=C1", "/leader-cases/", f"/leader-cases/{case.number}/", "/supervision/visits/",
        "/supervision/corrections/", "/supervision/inquiries/", "/supervision/teams/", "/readiness/units/",
        "/reports/hotline/", "/statistics/pictures/", "/statistics/yearly/", "/ledgers/",
        *(f"/ledgers/{ledger.slug}/" for ledger in LEDGERS),
        *(f"/ledgers/{slug}/2026/" for slug in ("demands", "visits", "time-limits")),
        "/api/v1/demands/", "/api/v1/leader-cases/", "/api/v1/receptions/", "/api/v1/supervision-visits/",
        "/api/v1/corrections/", "/api/v1/inquiries/", "/api/v1/ledgers/demands/", "/api/v1/hotline-totals/",
    ]  # fmt: skip

    def costs():
        found = {}
        for page in pages:
            for _warm in range(2):
                # The tests' plans are loaded in a transaction that never ends: their rules would be read anew each time.
                rulebook.settle(campaign.ref)
                with CaptureQueriesContext(connection) as asked:
                    answer = browser.get(page)
                assert answer.status_code == 200, page
            found[page] = len(asked)
        return found

    one = costs()
    fill()
    many = costs()

    assert {page: (one[page], many[page]) for page in pages if many[page] > one[page]} == {}
    assert {page: cost for page, cost in many.items() if cost > MOST} == {}
