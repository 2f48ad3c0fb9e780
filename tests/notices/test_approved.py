"""Which templates are approved: written down on a page by the system administrator, with their history."""

from datetime import timedelta
from types import SimpleNamespace

import pytest
from django.urls import reverse

from common.errors import Invalid, NotAllowed
from engine.background.auditor import find_faults
from engine.monitoring.queries import sentence_for
from journal.models import Entry
from journal.record import content_of
from notices.approved import actions, queries
from notices.approved.actions import Approval, Which
from notices.approved.rules import CHANNELS, as_applied_for, wordings
from notices.models import ApprovedTemplate, Notice
from notices.sending.message_templates import WORDINGS
from tests.notices.test_wording_versions import fingerprint

SIGNED = Which("1", "sms", "warning.signed", "zh")
VARIABLES = "level = level\nno = number\nwhat = matter"


@pytest.fixture
def aliyun(settings):
    settings.NOTICE_GATEWAY_URL, settings.NOTICE_GATEWAY_SECRET = "http://provider.invalid", "shared"
    settings.NOTICE_PROVIDERS = {**settings.NOTICE_PROVIDERS, "1": "aliyun"}


@pytest.fixture
def admin(reach):
    return reach("city.sysadmin")


@pytest.fixture
def keep(admin, now):
    def write(which=SIGNED, *, reach=None, **fields):
        approval = Approval(**{"code": "SMS_1", "variables": VARIABLES, **fields})
        return actions.set_template(reach=reach or admin, which=which, approval=approval, now=now)

    return write


def address(which=SIGNED):
    return reverse("provider-template", args=[which.gateway, which.channel, which.wording, which.language])


# --- rules --------------------------------------------------------------------------------------------------


def test_every_wording_of_the_product_is_listed_once_for_each_channel():
    for channel in CHANNELS:
        assert [one.key for one in wordings(channel)] == [*WORDINGS, "text", "summary"]


def test_a_sentence_is_applied_for_with_its_variables():
    assert as_applied_for("{level}预警 {number}：{area}。") == "${level}预警 ${number}：${area}。"


def test_the_fingerprints_are_those_of_what_is_applied_for():
    """A wording that changes is another version, so that its approval is known to be of the one before."""
    assert len({fingerprint(name) for name in WORDINGS}) == len(WORDINGS)


# --- writing down -------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_a_template_is_kept_with_its_version_and_its_history(aliyun, keep, admin, now):
    keep()
    row = keep(code="SMS_2", approval_number="A-7")

    assert (ApprovedTemplate.objects.get(), row.code, row.version, row.provider) == (
        row,
        "SMS_2",
        1,
        "aliyun",
    )
    first, second = (content_of(entry) for entry in Entry.objects.filter(kind="template.set").order_by("pk"))
    assert (first["from"], second["from"]["code"], second["to"]["code"]) == ({}, "SMS_1", "SMS_2")
    assert (second["wording"], second["to"]["approval"]) == ("warning.signed", "A-7")


@pytest.mark.django_db
def test_one_that_is_removed_is_on_record(aliyun, keep, admin, now):
    keep()
    for _twice in range(2):
        actions.remove_template(reach=admin, which=SIGNED, now=now)

    assert not ApprovedTemplate.objects.exists()
    assert content_of(Entry.objects.get(kind="template.removed"))["from"]["code"] == "SMS_1"


@pytest.mark.django_db
@pytest.mark.parametrize(
    "variables",
    [
        "level = level",
        "no = number",
        "level = level\nno = number\nx = nothing",
        "a = level\na = number",
        "level\nnumber",
        "= level\nno = number",
        "",
    ],
)
def test_what_must_be_said_is_in_a_variable_and_nothing_else_is_named(aliyun, keep, variables):
    with pytest.raises(Invalid) as refused:
        keep(variables=variables)

    assert refused.value.code == "template_variables"
    assert not ApprovedTemplate.objects.exists()


@pytest.mark.django_db
@pytest.mark.parametrize(
    "which",
    [
        Which("2", "sms", "warning.signed", "zh"),
        Which("1", "voice", "warning.signed", "zh"),
        Which("1", "app", "warning.signed", "zh"),
        Which("1", "sms", "nothing", "zh"),
    ],
)
def test_what_is_not_sent_has_no_template(aliyun, keep, which):
    with pytest.raises(Invalid):
        keep(which)


@pytest.mark.django_db
@pytest.mark.parametrize("who", ["city.director", "city.secadmin", "city.audit", "county1.duty"])
def test_nobody_else_keeps_them(aliyun, keep, reach, signed_in_as, who):
    with pytest.raises(NotAllowed):
        keep(reach=reach(who))
    assert signed_in_as(who).get(reverse("provider-templates")).status_code == 403
    assert signed_in_as(who).post(address(), {"act": "save", "code": "x"}).status_code == 403
    assert not ApprovedTemplate.objects.exists()


# --- what is missing ----------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_what_has_no_template_is_a_fault_until_one_says_it(aliyun, keep, now):
    def faults():
        return [fault for fault in find_faults(now, {}) if fault.code == "templates_missing"]

    (fault,) = faults()
    assert "warning.signed" in fault.detail
    assert sentence_for(fault.code) != fault.code

    keep(Which("1", "sms", "text", "zh"), variables="a = text\nb = text")
    assert faults() == []


@pytest.mark.django_db
@pytest.mark.parametrize("provider", ["own", "mas"])
def test_who_sends_text_misses_nothing(aliyun, settings, provider):
    settings.NOTICE_PROVIDERS = {**settings.NOTICE_PROVIDERS, "1": provider}

    assert queries.missing() == []


@pytest.mark.django_db
def test_a_bureau_with_its_own_gateway_asks_the_database_nothing(
    gateway_named, django_assert_num_queries, tell
):
    rows = tell("county1.duty")
    with django_assert_num_queries(0):
        queries.put_templates_beside(rows)
        assert queries.lines() == []


@pytest.mark.django_db
def test_a_batch_reads_its_templates_with_one_query(aliyun, tell, django_assert_num_queries):
    rows = tell("county1.duty", "county1.leader")
    with django_assert_num_queries(1):
        queries.put_templates_beside(rows)


@pytest.mark.django_db
def test_an_approval_of_an_earlier_version_is_marked(aliyun, keep, signed_in_as, monkeypatch):
    keep()
    newer = WORDINGS["warning.signed"]._replace(version=2)
    monkeypatch.setitem(WORDINGS, "warning.signed", newer)

    line = next(line for line in queries.lines() if line.wording.key == "warning.signed")
    assert [row.code for row in line.outdated] == ["SMS_1"]
    page = signed_in_as("city.sysadmin").get(reverse("provider-templates")).content.decode()
    assert "SMS_1 is approved for version 1; the wording is at version 2." in page


# --- the pages ----------------------------------------------------------------------------------------------


@pytest.fixture
def signed_in_as(client, cast):
    def sign_in(username):
        client.force_login(cast[username])
        client.cookies["language"] = "en"
        return client

    return sign_in


@pytest.mark.django_db
def test_the_list_says_what_cannot_be_sent_and_where_reports_go(aliyun, signed_in_as):
    page = signed_in_as("city.sysadmin").get(reverse("provider-templates")).content.decode()

    assert f"{len(WORDINGS) + 2} wordings cannot be sent through Alibaba Cloud" in page
    assert "/api/v1/gateway-events/aliyun/" in page
    assert "${level} warning ${number}" in page


@pytest.mark.django_db
def test_without_a_provider_the_list_says_so(gateway_named, signed_in_as):
    page = signed_in_as("city.sysadmin").get(reverse("provider-templates")).content.decode()

    assert "No gateway here needs templates" in page
    assert signed_in_as("city.sysadmin").get(address()).status_code == 404


@pytest.mark.django_db
def test_a_template_is_kept_by_the_page(aliyun, signed_in_as):
    client = signed_in_as("city.sysadmin")

    empty = client.get(address()).content.decode()
    refused = client.post(
        address(), {"act": "save", "code": "SMS_1", "variables": "level = level", "sign": "甲局"}
    )
    kept = client.post(address(), {"act": "save", "code": "SMS_1", "variables": VARIABLES})

    assert "number = number" in empty
    assert refused.status_code == 422
    assert "甲局" in refused.content.decode(), "what was typed is not lost"
    assert (kept.status_code, ApprovedTemplate.objects.get().pairs()[1]) == (302, ("no", "number"))


@pytest.mark.django_db
def test_a_test_goes_to_oneself_and_is_marked_as_a_drill(aliyun, keep, signed_in_as, cast):
    keep()
    cast["city.sysadmin"].phone = "13800000000"
    cast["city.sysadmin"].save()

    assert signed_in_as("city.sysadmin").post(address(), {"act": "test"}).status_code == 302

    notice = Notice.objects.get()
    assert (notice.recipient, notice.channel, notice.drill) == (cast["city.sysadmin"], "sms", True)
    assert notice.text_for_recipient().startswith("【演练】黄色预警 0000")
    assert notice.expires_at - notice.queued_at == timedelta(minutes=10)


@pytest.mark.django_db
@pytest.mark.parametrize("has_phone", [True, False])
def test_without_a_number_or_a_template_no_test_is_sent(aliyun, admin, now, cast, has_phone):
    cast["city.sysadmin"].phone = "13800000000" if has_phone else ""
    actor = SimpleNamespace(user=cast["city.sysadmin"], has=lambda _verb: True)

    with pytest.raises(Invalid) as refused:
        actions.send_test(reach=actor, which=SIGNED, now=now)

    assert refused.value.code == ("no_template" if has_phone else "no_number")
    assert not Notice.objects.exists()
