"""The nightly list of all staff: who is not on it any more has nothing here any more."""

from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.test import Client

from accounts.models import ApiToken, Appointment, OpenSession, User
from engine.server.socket_auth import read_readers
from journal.models import Entry
from journal.record import content_of
from tests.accounts.conftest import sign_in
from tests.tokens import issue

pytestmark = pytest.mark.django_db

HEADER = "username,name,unit_code,post_kind,post_title,phone,squad,from,to"


@pytest.fixture
def run(cast, wall_clock, tmp_path):
    def call(without=(), apply=True, more=(), **options):
        """The list names everybody of the cast with a post, but for those."""
        held = Appointment.objects.filter(person__is_active=True).select_related("person", "post__unit")
        lines = [
            f"{one.person.username},{one.person.name or 'x'},{one.post.unit.code},{one.post.kind},{one.post.title},,,,"
            for one in held.order_by("pk")
            if one.person.username not in without and not one.post.squad
        ]
        file = tmp_path / "staff.csv"
        file.write_text("\n".join([HEADER, *lines, *more]) + "\n", encoding="utf-8")
        out = StringIO()
        call_command(
            "import_people", str(file), apply=apply, leavers=True, passwords=tmp_path / "p.csv", stdout=out, **options
        )  # fmt: skip
        return out.getvalue()

    squads = Appointment.objects.exclude(post__squad="").values_list("person__username", flat=True)
    everybody = set(User.objects.values_list("username", flat=True))
    known = set(Appointment.objects.filter(post__squad="").values_list("person__username", flat=True))
    # Whom the file of this fixture cannot name: members of squads, accounts without a post.
    kept = sorted(set(squads) | (everybody - known))
    return lambda *args, keep=(), **options: call(*args, keep=[*kept, *keep], **options)


def refusal(run, *args, **options) -> str:
    with pytest.raises(CommandError) as refused:
        run(*args, **options)
    return str(refused.value)


@pytest.mark.control(63)
def test_looking_shows_who_would_leave_and_changes_nothing(run, cast):
    shown = run(["county1.duty"], apply=False)

    assert "- county1.duty" in shown
    assert "duty_officer" in shown
    cast["county1.duty"].refresh_from_db()
    assert cast["county1.duty"].is_active
    assert not Entry.objects.filter(kind="person.disabled").exists()


@pytest.mark.control(63)
def test_who_left_has_no_session_socket_token_or_post_and_it_is_on_record(run, with_password, units, now):
    person = with_password("county1.duty")
    browser = Client()
    sign_in(browser, "county1.duty")
    session = OpenSession.objects.get().session_key
    assert read_readers([session])[session] is not None
    issue(user=person, now=now)
    coming = Appointment.objects.get(person=person)
    coming.pk, coming.valid_from, coming.valid_to = None, now + timedelta(days=30), None
    Appointment.objects.filter(person=person).update(valid_to=now + timedelta(days=30))
    coming.save()

    run(["county1.duty"])

    person.refresh_from_db()
    assert not person.is_active
    assert browser.get("/account/me/").status_code == 302
    assert not OpenSession.objects.exists()
    assert read_readers([session]) == {session: None}
    assert ApiToken.objects.get().revoked_at == now
    # An end is after its beginning: what began this moment, or is to come, lasts its first instant.
    terms = Appointment.objects.filter(person=person).values_list("valid_from", "valid_to")
    assert [until == start + timedelta(microseconds=1) for start, until in terms] == [True, True]
    closed = Entry.objects.get(kind="person.disabled")
    assert closed.unit == units["C1"]
    assert (content_of(closed)["sessions"], content_of(closed)["tokens_revoked"]) == (1, 1)
    assert Entry.objects.filter(kind="appointment.ended").count() == 2
    assert content_of(Entry.objects.get(kind="person.imported"))["left"] == 1


def test_a_list_handed_in_again_finds_nobody_left(run):
    run(["county1.duty"])

    run(["county1.duty"])

    assert Entry.objects.filter(kind="person.disabled").count() == 1


@pytest.mark.control(63)
def test_more_than_a_tenth_is_refused_until_it_is_meant(run):
    names = list(
        Appointment.objects.filter(post__squad="")
        .exclude(post__kind__in=["secadmin", "sysadmin", "auditor"])
        .values_list("person__username", flat=True)
        .distinct()
        .order_by("person__username")
    )
    part = names[: User.objects.count() // 10 + 1]

    assert "--most-leaving" in refusal(run, part)
    assert User.objects.filter(is_active=False).count() == 0
    run(part, most_leaving=20)
    assert User.objects.filter(is_active=False).count() == len(part)


@pytest.mark.control(63)
def test_somebody_who_can_let_people_in_remains(run):
    admins = list(
        Appointment.objects.filter(post__kind="secadmin").values_list("person__username", flat=True)
    )

    assert "--keep" in refusal(run, admins, most_leaving=100)
    run(admins, most_leaving=100, keep=admins[:1])
    assert User.objects.get(username=admins[0]).is_active


def test_a_name_to_be_kept_has_to_be_somebodys(run):
    assert "no.such.person" in refusal(run, keep=["no.such.person"])


def test_without_the_option_nobody_leaves(run, cast, tmp_path):
    file = tmp_path / "one.csv"
    file.write_text(
        f"{HEADER}\ncounty1.duty,{cast['county1.duty'].name},C1,duty_officer,县局值班员,,,,\n",
        encoding="utf-8",
    )

    call_command("import_people", str(file), apply=True, passwords=tmp_path / "p.csv", stdout=StringIO())

    assert not User.objects.filter(is_active=False).exists()
