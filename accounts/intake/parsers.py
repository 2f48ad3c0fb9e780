"""JSON bodies of the API, looked at before a view reads them."""

from typing import Any

from accounts.intake import keeping
from accounts.intake.fields import SECRET, is_looked_at, is_masked_at_once
from accounts.intake.middleware import accept
from common.api.parsers import JSONParser
from common.text.personal_data import findings_within, masked_within
from common.web.addresses import tidy_body


class TypedParser(JSONParser):
    """JSON whose texts hold no number of a person, unless its `personal_data` says what to do with it."""

    def parse(self, stream, media_type=None, parser_context=None):
        body = super().parse(stream, media_type, parser_context)
        request = (parser_context or {}).get("request")
        if request is None or request.resolver_match is None:
            return body
        return looked_at(request, tidy_body(request.resolver_match.view_name, body))


def looked_at(request, body: Any) -> Any:
    """The body to go on with. Raises Invalid `personal_data` as long as nobody has said what to do."""
    route = request.resolver_match.view_name
    answer = body.pop(keeping.NAME, None) if isinstance(body, dict) else None
    found = [(path, one) for path, one in findings_within(body) if is_looked_at(route, path)]
    choice = answer.get("answer", "") if isinstance(answer, dict) else ""
    if not found:
        # What stands in the thing that is closed.
        if choice:
            accept(request, choice, answer.get("reason"), answer.get("credential"))
        return body
    if is_masked_at_once(route, _life_risk(body)):
        request._request.masked_numbers = keeping.as_json(found)
        return _masked(route, body)
    match answer:
        case {"answer": keeping.MASK}:
            accept(request, choice)
            return _masked(route, body)
        case {"answer": keeping.KEEP}:
            accept(request, choice, answer.get("reason"), answer.get("credential"))
            return body
        case _:
            raise keeping.noticed(found, _masked(route, _without_secrets(body)))


def masked_answer(request) -> dict:
    """What an answer adds where numbers were masked without asking: which, and a sentence why."""
    found = getattr(request._request, "masked_numbers", [])
    if not found:
        return {}
    said = keeping.why_masked(one["masked"] for one in found)
    return {"masked": found, "masked_because": said}


def _masked(route: str, value: Any, path: str = "") -> Any:
    """The value with what is looked at masked, and the rest as it came."""
    if isinstance(value, dict):
        return {
            name: _masked(route, one, f"{path}.{name}" if path else str(name)) for name, one in value.items()
        }
    if isinstance(value, list):
        return [_masked(route, one, f"{path}.{place}") for place, one in enumerate(value)]
    if not is_looked_at(route, path):
        return value
    if isinstance(value, int | float) and any(findings_within(value)):
        value = str(value)
    return masked_within(value)


def _life_risk(body: Any) -> Any:
    facts = body.get("facts") if isinstance(body, dict) else None
    return facts.get("life_risk") if isinstance(facts, dict) else None


def _without_secrets(body: Any) -> Any:
    if not isinstance(body, dict):
        return body
    return {name: value for name, value in body.items() if not SECRET.search(str(name))}
