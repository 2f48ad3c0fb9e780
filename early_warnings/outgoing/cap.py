"""A signed warning as a Common Alerting Protocol 1.2 message (OASIS 2010), in our internal profile.

| our record | CAP |
|---|---|
| warning number | identifier; the lifting is a message of its own: number + "-L" |
| unit of the signing post | sender |
| signed_at (lifted_at) | sent |
| first warning, adjustment, lifting | msgType Alert, Update, Cancel |
| real, drill | status Actual, Exercise (with a note, and the mark before what is read) |
| always | scope Restricted with its rule: an internal working document |
| rank of the level among its plan's levels, highest first | severity Extreme, Severe, Moderate, Minor, and parameter "level" |
| people there, acts, a life at risk / none of these | Immediate, Observed / Expected, Likely |

Never a person's name: issuer and contact are posts. Times carry +08:00, as CAP has no "Z".
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from xml.etree import ElementTree as ET

from django.utils.translation import gettext as _

from common.dates.local_time import LOCAL
from common.drills import marked
from common.errors import WrongState
from common.text.masking import masked
from early_warnings.choices import State
from early_warnings.models import EarlyWarning
from plans.document.sections import categories_of
from plans.engine.evaluation import Document, level_of, levels_of

NAMESPACE = "urn:oasis:names:tc:emergency:cap:1.2"

RESTRICTION = "内部工作预警，仅限处置责任人"
#: GB/T 35561: 14000 is the whole class of social security events.
EMERGENCY_CLASS = "14000"
EVENT = "涉法涉诉信访事件"
#: Highest first. The schema has these four words for however many levels a plan has.
SEVERITIES = ("Extreme", "Severe", "Moderate", "Minor")


def message(warning: EarlyWarning) -> bytes:
    """The latest message of the warning: its issue, or its lifting. Raises WrongState before the signature."""
    if warning.signed_at is None:
        raise WrongState(
            "not_signed",
            _("There is no CAP message of %(number)s: it is not signed. Read it on its page instead.")
            % {"number": warning.number},
        )
    root = ET.Element("alert", xmlns=NAMESPACE)
    _alert(root, warning)
    _info(ET.SubElement(root, "info"), warning)
    ET.indent(root)
    return ET.tostring(root, encoding="utf-8", xml_declaration=True)


def _alert(root: ET.Element, warning: EarlyWarning) -> None:
    lifted = warning.state == State.LIFTED
    _add(root, "identifier", identifier(warning, lifted=lifted))
    _add(root, "sender", sender(warning))
    _add(root, "sent", _time(warning.lifted_at if lifted else warning.signed_at))
    _add(root, "status", "Exercise" if warning.drill else "Actual")
    _add(root, "msgType", "Cancel" if lifted else "Update" if warning.adjusted_from_id else "Alert")
    _add(root, "scope", "Restricted")
    _add(root, "restriction", RESTRICTION)
    _add(root, "code", warning.plan.ref)
    if warning.drill:
        _add(root, "note", "演练，不是真实事件。Exercise, not a real event.")
    earlier = warning if lifted else warning.adjusted_from
    if earlier:
        _add(root, "references", f"{sender(earlier)},{identifier(earlier)},{_time(earlier.signed_at)}")
    _add(root, "incidents", warning.incident.number)


def _info(info: ET.Element, warning: EarlyWarning) -> None:
    lifted = warning.state == State.LIFTED
    level = level_of(warning.plan.document, warning.level)
    seen = is_seen(warning.incident.facts)
    _add(info, "language", "zh-CN")
    _add(info, "category", "Security")
    _add(info, "event", event(warning))
    _add(info, "responseType", "AllClear" if lifted else "Execute")
    _add(info, "urgency", "Past" if lifted else "Immediate" if seen else "Expected")
    _add(info, "severity", severity(warning.plan.document, warning.level))
    _add(info, "certainty", "Observed" if seen else "Likely")
    _pair(info, "eventCode", "CN-EMERGENCY-CLASS", EMERGENCY_CLASS)
    _add(info, "effective", _time(warning.in_force_at))
    _add(info, "senderName", f"{warning.signed_post.unit.name} {warning.signed_post.title}")
    _add(info, "headline", marked(f"{level.words.zh}预警：{warning.matter}", warning.drill, "zh")[:160])
    _add(info, "description", marked(warning.matter, warning.drill, "zh"))
    _add(info, "instruction", warning.measures)
    _add(info, "contact", " ".join(filter(None, [warning.unit.name, warning.unit.phone])))
    _pair(info, "parameter", "level", warning.level)
    _pair(info, "parameter", "signature-sha256", warning.signature)
    area = ET.SubElement(info, "area")
    _add(area, "areaDesc", f"{warning.unit.name} {warning.area}")
    code = warning.unit.code
    _pair(area, "geocode", "GB/T 2260" if code.isdigit() and len(code) == 6 else "UNIT", code)


def identifier(warning: EarlyWarning, *, lifted: bool = False) -> str:
    """Our numbers hold no space, comma, `<` or `&`, which CAP forbids here."""
    return f"{warning.number}-L" if lifted else warning.number


def sender(warning: EarlyWarning) -> str:
    return "".join(c if c not in " ,<&" else "_" for c in warning.signed_post.unit.code)


def event(warning: EarlyWarning) -> str:
    """The plan's words for the kind of event."""
    for category in categories_of(warning.plan.document):
        if category.id == warning.category:
            return category.words.zh
    return EVENT


def severity(document: Document, level_id: str) -> str:
    """The level's place among its plan's levels, on CAP's scale of four: the highest is always Extreme.

    A plan of fewer levels uses the upper words; over more levels the four are spread.
    """
    ids = [level.id for level in levels_of(document)]
    place, most = ids.index(level_id), len(SEVERITIES)
    return SEVERITIES[place if len(ids) <= most else place * (most - 1) // (len(ids) - 1)]


def is_seen(facts: Mapping[str, Any]) -> bool:
    """Whether it is happening before people's eyes; else it is expected."""
    headcount = facts.get("headcount") or {}
    return bool(
        headcount.get("high") or facts.get("acts") or facts.get("life_risk") or facts.get("casualties")
    )


def _add(parent: ET.Element, name: str, text: str) -> None:
    # It goes to other systems: numbers of people stay here, even those that somebody signed for.
    ET.SubElement(parent, name).text = masked(_clean(text))


def _pair(parent: ET.Element, name: str, value_name: str, value: str) -> None:
    pair = ET.SubElement(parent, name)
    _add(pair, "valueName", value_name)
    _add(pair, "value", value)


def _clean(text: str) -> str:
    """Without the control characters that XML cannot hold and forms let through."""
    return "".join(
        c
        for c in text
        if c in "\t\n" or (c >= " " and not "\ud800" <= c <= "\udfff" and c not in "\ufffe\uffff")
    )


def _time(at: datetime) -> str:
    return at.astimezone(LOCAL).isoformat(timespec="seconds")
