"""CAP 1.2: the shape of the standard, the rules of our profile, and the way back."""

import re
from datetime import timedelta
from xml.etree import ElementTree as ET

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from common.errors import WrongState
from early_warnings.choices import State
from early_warnings.models import EarlyWarning
from early_warnings.outgoing import cap
from early_warnings.signing import actions as signing
from tests.early_warnings.conftest import PASSWORD

NS = f"{{{cap.NAMESPACE}}}"
#: The sequence of the standard's schema: element → (may be missing, may repeat).
ALERT = {
    "identifier": "", "sender": "", "sent": "", "status": "", "msgType": "", "source": "?", "scope": "",
    "restriction": "?", "addresses": "?", "code": "*", "note": "?", "references": "?", "incidents": "?", "info": "*",
}  # fmt: skip
INFO = {
    "language": "?", "category": "+", "event": "", "responseType": "*", "urgency": "", "severity": "",
    "certainty": "", "audience": "?", "eventCode": "*", "effective": "?", "onset": "?", "expires": "?",
    "senderName": "?", "headline": "?", "description": "?", "instruction": "?", "web": "?", "contact": "?",
    "parameter": "*", "resource": "*", "area": "*",
}  # fmt: skip
WORDS = {
    "status": {"Actual", "Exercise", "System", "Test", "Draft"},
    "msgType": {"Alert", "Update", "Cancel", "Ack", "Error"},
    "scope": {"Public", "Restricted", "Private"},
    "category": {"Security"},
    "responseType": {
        "Shelter",
        "Evacuate",
        "Prepare",
        "Execute",
        "Avoid",
        "Monitor",
        "Assess",
        "AllClear",
        "None",
    },
    "urgency": {"Immediate", "Expected", "Future", "Past", "Unknown"},
    "severity": {"Extreme", "Severe", "Moderate", "Minor", "Unknown"},
    "certainty": {"Observed", "Likely", "Possible", "Unlikely", "Unknown"},
}
TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[-,+]\d\d:\d\d")


def check_shape(element, sequence):
    names = [child.tag.removeprefix(NS) for child in element]
    pattern = "".join(f"(?:{name} ){times}" for name, times in sequence.items())
    assert re.fullmatch(pattern, "".join(f"{name} " for name in names)), names


def parsed(content):
    root = ET.fromstring(content)
    assert root.tag == f"{NS}alert"
    check_shape(root, ALERT)
    for info in root.findall(f"{NS}info"):
        check_shape(info, INFO)
    for name, words in WORDS.items():
        assert all(found.text in words for found in root.iter(f"{NS}{name}")), name
    for name in ("sent", "effective"):
        assert all(TIME.fullmatch(found.text) for found in root.iter(f"{NS}{name}"))
    for name in ("identifier", "sender"):
        assert not re.search(r"[ ,<&]", root.findtext(f"{NS}{name}"))
    return root


def fresh(warning):
    return EarlyWarning.objects.with_names().select_related("incident", "adjusted_from").get(pk=warning.pk)


def text(root, path):
    return root.findtext("/".join(f"{NS}{part}" for part in path.split("/")))


def pairs(root, name):
    return {text(pair, "valueName"): text(pair, "value") for pair in root.iter(f"{NS}{name}")}


def test_a_first_warning_is_an_alert(signed):
    warning = fresh(signed("red", headcount=60))

    root = parsed(cap.message(warning))

    assert [text(root, name) for name in ("identifier", "sender", "sent", "status", "msgType", "scope")] == [
        warning.number, "C0", "2026-11-22T09:00:00+08:00", "Actual", "Alert", "Restricted",
    ]  # fmt: skip
    assert text(root, "restriction") == "内部工作预警，仅限处置责任人"
    assert text(root, "code") == "cn-justice-city-petition-000@2"
    assert text(root, "incidents") == warning.incident.number
    assert [text(root, f"info/{name}") for name in ("language", "urgency", "severity", "certainty")] == [
        "zh-CN", "Immediate", "Extreme", "Observed",
    ]  # fmt: skip
    assert text(root, "info/event") == "司法鉴定争议导致当事人长期滞留接待大厅"
    assert text(root, "info/description") == warning.matter
    assert text(root, "info/instruction") == warning.measures
    assert pairs(root, "parameter") == {"level": "red", "signature-sha256": warning.signature}
    assert pairs(root, "eventCode") == {"CN-EMERGENCY-CLASS": "14000"}
    assert text(root, "info/senderName") == "江州市司法局 市局局长"


@pytest.mark.parametrize(
    ("level", "severity"), [("orange", "Severe"), ("yellow", "Moderate"), ("blue", "Minor")]
)
def test_severity_follows_the_colour(signed, level, severity):
    assert text(parsed(cap.message(fresh(signed(level)))), "info/severity") == severity


def test_what_is_only_expected_says_so(signed):
    root = parsed(cap.message(fresh(signed("blue", headcount=0))))

    assert (text(root, "info/urgency"), text(root, "info/certainty")) == ("Expected", "Likely")


def test_a_drill_is_an_exercise(signed, incident):
    assert text(parsed(cap.message(fresh(signed(on=incident(drill=True))))), "status") == "Exercise"


def test_an_adjustment_is_an_update_that_names_the_earlier_one(in_state):
    earlier = in_state(State.ADJUSTED)
    later = EarlyWarning.objects.get(adjusted_from=earlier)

    root = parsed(cap.message(fresh(later)))

    assert text(root, "msgType") == "Update"
    assert text(root, "references") == f"C1,{earlier.number},2026-11-22T09:00:00+08:00"


def test_lifting_is_a_message_of_its_own_that_cancels(signed, reach, now):
    warning = signed()
    signing.lift_warning(
        warning_id=warning.pk,
        reach=reach("county1.director"),
        reason="已平息",
        credential=PASSWORD,
        now=now + timedelta(hours=1),
    )

    root = parsed(cap.message(fresh(warning)))

    assert text(root, "msgType") == "Cancel"
    assert text(root, "identifier") == f"{warning.number}-L"
    assert text(root, "references") == f"C1,{warning.number},2026-11-22T09:00:00+08:00"
    assert text(root, "sent") == "2026-11-22T10:00:00+08:00"
    assert text(root, "info/responseType") == "AllClear"


@pytest.mark.parametrize("state", [State.DRAFT, State.PROPOSED, State.RETURNED, State.WITHDRAWN])
def test_nothing_unsigned_leaves_as_cap(in_state, state):
    with pytest.raises(WrongState) as refused:
        cap.message(fresh(in_state(state)))

    assert refused.value.code == "not_signed"


def test_no_name_of_a_person_is_in_it(signed, cast):
    content = cap.message(fresh(signed())).decode()

    assert not [person.name for person in cast.values() if person.name in content]
    assert not [person.phone for person in cast.values() if person.phone in content]


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(matter=st.text(min_size=1, max_size=200), area=st.text(max_size=60), measures=st.text(max_size=400))
def test_any_text_gives_a_valid_message_that_reads_back(a_signed_warning, matter, area, measures):
    warning = a_signed_warning
    warning.matter, warning.area, warning.measures = matter, area, measures

    root = parsed(cap.message(warning))

    assert (text(root, "info/description") or "") == cap._clean(matter)
    assert pairs(root, "parameter")["level"] == warning.level


@pytest.fixture
def a_signed_warning(signed):
    return fresh(signed())
