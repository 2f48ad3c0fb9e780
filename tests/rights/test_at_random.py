"""Every call of the API with what its description allows and with what it does not, drawn at random by schemathesis.

No crash, no status, content type or shape that the description does not promise, no wrong body taken, no long wait;
for several roles, with real things in the addresses. The same draws each time; more of them, and others:
`FUZZ_EXAMPLES=200 FUZZ_SEED=7 pytest tests/rights/test_at_random.py` (docs/api.md).
"""

import contextlib
import copy
import os
import re
import time
import uuid
from collections import Counter, defaultdict
from collections.abc import Iterator
from functools import partial

import pytest
import requests
import schemathesis
import time_machine
from django.db import transaction
from django.test import Client
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st
from hypothesis.errors import Unsatisfiable
from schemathesis.checks import not_a_server_error
from schemathesis.core.failures import FailureGroup
from schemathesis.core.transport import Response
from schemathesis.generation import GenerationMode
from schemathesis.specs.openapi import checks

from accounts.intake.closing import texts_within
from common.text.plain_text import tidied
from tests.described import description
from tests.rights.asking import papers_as_text
from tests.rights.test_bodies import things
from tests.rights.test_matrix import far
from tests.tokens import issue

__all__ = ["far", "papers_as_text", "things"]

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.slow,
    pytest.mark.embedded_only,
    pytest.mark.usefixtures("never_told_to_wait", "papers_as_text"),
    pytest.mark.control(44, 45),
]

#: Draws for each call and kind of data; each is sent by everybody of ROLES.
EXAMPLES = int(os.environ.get("FUZZ_EXAMPLES", "1"))
SEED = int(os.environ.get("FUZZ_SEED", "0"))
#: In so many tests, which run beside one another.
SHARES = 6
#: Who asks: does most acts, signs and approves, reports for a village, keeps the system, reads the journal, nobody.
ROLES = ["county1.duty", "county1.director", "village111.informant", "city.sysadmin", "city.audit", ""]
#: Seconds after which an answer is a fault: a hundred times what one takes.
LONGEST = 3
MODES = [GenerationMode.POSITIVE, GenerationMode.NEGATIVE]
CHECKS = [
    not_a_server_error, checks.status_code_conformance, checks.content_type_conformance,
    checks.response_schema_conformance,
]  # fmt: skip


@schemathesis.serializer("audio/webm")
def _sound(ctx, value):
    return {"data": value if isinstance(value, bytes) else str(value).encode()}


def without_headers(whole: dict) -> dict:
    """The description of what is drawn. Headers are not: they are the same for all calls and have tests of their own."""
    whole = copy.deepcopy(whole)
    for methods in whole["paths"].values():
        for operation in methods.values():
            operation["parameters"] = [one for one in operation["parameters"] if one["in"] != "header"]
            content = operation.get("requestBody", {}).get("content", {})
            if "audio/*" in content:
                content["audio/webm"] = content.pop("audio/*")
            # An example is sent by tests/common/test_api_examples.py.
            for one in content.values():
                one.pop("examples", None)
    return whole


@pytest.fixture(scope="module")
def schema():
    return schemathesis.openapi.from_dict(without_headers(description()))


@pytest.fixture
def parts(things, cast) -> dict[str, list]:
    """What stands in addresses: address up to the part → real values of it."""
    return dict(harvested(cast["county1.director"]))


def harvested(person) -> dict[str, list]:
    """Real values out of the lists of the API, and out of the lists below what stands in them."""
    browser = Client()
    browser.force_login(person)
    found: dict[str, list] = defaultdict(list)
    paths = [path for path, methods in description()["paths"].items() if "get" in methods]
    for path in sorted(paths, key=lambda one: one.count("{")):
        for address in addresses_of(path, found):
            answer = browser.get(address)
            if answer.status_code == 200 and answer.headers["Content-Type"] == "application/json":
                for one in _rows(answer.json()):
                    for name in ("number", "id", "code", "slug", "n", "plan", "ref"):
                        if isinstance(one.get(name), str | int) and one[name] not in found[path]:
                            found[path].append(one[name])
    return found


def _rows(body) -> Iterator[dict]:
    """Objects of the lists of an answer."""
    if isinstance(body, list):
        yield from (one for one in body if isinstance(one, dict))
    elif isinstance(body, dict):
        for value in body.values():
            if isinstance(value, list):
                yield from _rows(value)


def addresses_of(path: str, found: dict[str, list]) -> list[str]:
    """The address with the first two real values in each of its parts."""
    done = [""]
    for text, name in re.findall(r"([^{]*)(?:\{(\w+)\})?", path):
        done = [one + text for one in done]
        if name:
            before = stem(path[: path.index("{" + name + "}")])
            values = next((values for one, values in found.items() if stem(one) == before), [])[:2]
            done = [f"{one}{value}" for one in done for value in values]
    return done


def stem(path: str) -> str:
    return re.sub(r"\{\w+\}", "{}", path)


def send(browser, case, headers) -> Response:
    """The case by Django's own test client: no socket, no thread, the test's database."""
    sent = {**headers, "Idempotency-Key": str(uuid.uuid4()), "Accept-Encoding": "identity", "Accept": "*/*"}
    asked = requests.Request(**case.as_transport_kwargs(base_url="http://testserver", headers=sent)).prepare()
    body = asked.body.encode() if isinstance(asked.body, str) else asked.body or b""
    more = {name: value for name, value in asked.headers.items() if not name.startswith("Content-")}
    begun = time.perf_counter()
    answer = browser.generic(
        asked.method, asked.path_url, body, asked.headers.get("Content-Type", ""), headers=more
    )
    content = b"".join(answer.streaming_content) if answer.streaming else answer.content
    took = time.perf_counter() - begun
    found = {name: [value] for name, value in answer.headers.items()}
    return Response(answer.status_code, found, content, asked, took, verify=False)


def faults_of(browser, case, headers) -> Iterator[str]:
    """What is wrong with the answer. What the request did is undone."""
    with transaction.atomic():
        try:
            response = send(browser, case, headers)
        except AssertionError as said:  # by tests.described
            yield str(said)
            return
        finally:
            transaction.set_rollback(True)
    if response.elapsed > LONGEST:
        yield f"answered after {response.elapsed:.1f} s"
    try:
        # Bodies alone: what is wrong behind the question mark is walked by tests/common/test_wrong_queries.py.
        more = [checks.negative_data_rejection] if case.operation.body and is_read_as_sent(case.body) else []
        case.validate_response(response, checks=[*CHECKS, *more])
    except FailureGroup as group:
        yield from (f"{one.title}: {one.message}" for one in group.exceptions)


def is_read_as_sent(body) -> bool:
    """Whether nothing is taken out of its texts before they are counted: otherwise another body is judged."""
    return all(text == tidied(text).strip() for text in texts_within(body))


@pytest.mark.parametrize("share", range(SHARES))
def test_every_call_answers_anything_as_described(schema, parts, cast, now, share):
    browser = Client(raise_request_exception=False)
    roles = {
        role: {"Authorization": f"Bearer {issue(user=cast[role], now=now)}"} if role else {} for role in ROLES
    }
    real = {stem(path): values for path, values in parts.items()}
    wrong: dict[str, dict] = defaultdict(dict)
    answered: Counter = Counter()
    operations = [one.ok() for one in schema.get_all_operations()]

    def ask(operation, case, data):
        for name in case.path_parameters or {}:
            values = real.get(stem(operation.path[: operation.path.index("{" + name + "}")]))
            if values:
                case.path_parameters[name] = data.draw(st.sampled_from(values))
        for role, headers in roles.items():
            for fault in faults_of(browser, case, headers):
                wrong[operation.label].setdefault(fault, (role, case.as_curl_command()))
            answered[operation.label] += 1

    with time_machine.travel(now, tick=False):
        for operation in operations[share::SHARES]:
            for mode in MODES:
                strategy = operation.as_strategy(generation_mode=mode)
                drawn(strategy, st.data())(partial(ask, operation))

    assert wrong == {}
    assert len(answered) == len(operations[share::SHARES])


def test_what_is_not_as_described_is_found(cast, now):
    whole = without_headers(description())
    whole["components"]["schemas"]["UnitPage"]["required"].append("weather")
    wrong = schemathesis.openapi.from_dict(whole)
    browser = Client(raise_request_exception=False)
    headers = {"Authorization": f"Bearer {issue(user=cast['county1.duty'], now=now)}"}
    found: list[str] = []

    with time_machine.travel(now, tick=False):
        drawn(wrong["/api/v1/units/"]["GET"].as_strategy(), st.data())(
            lambda case, _data: found.extend(faults_of(browser, case, headers))
        )

    assert found
    assert all("weather" in one for one in found)


def drawn(*strategies):
    """Without looking for the smallest example: the first says enough, and each further one takes a second."""

    def run(ask):
        @seed(SEED)
        @settings(
            max_examples=EXAMPLES, phases=[Phase.generate], database=None, deadline=None,
            suppress_health_check=list(HealthCheck),
        )  # fmt: skip
        @given(*strategies)
        def each(case, data):
            ask(case, data)

        with contextlib.suppress(Unsatisfiable):  # nothing wrong can be sent: no parameter, no body
            each()

    return run
