"""A client that a tool makes of the description walks the main job: nothing in it is written by hand."""

import importlib
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings

from tests.clients import new_key
from tests.faults.acts import today
from tests.installations import PASSWORD
from tests.processes import together

pytestmark = [pytest.mark.fault, pytest.mark.slow, pytest.mark.embedded_only, pytest.mark.control(44)]

OPTIONS = settings.BASE_DIR / "docs" / "openapi-python-client.yml"


@pytest.fixture(scope="module")
def generated(tmp_path_factory):
    """The modules of a client made of today's description, by operation or model; made without a word of complaint."""
    folder = tmp_path_factory.mktemp("client")
    schema, package = folder / "schema.json", folder / "made_client"
    _run("manage.py", "spectacular", "--format", "openapi-json", "--file", str(schema))
    said = _run(
        "-m", "openapi_python_client", "generate", "--path", str(schema), "--output-path", str(package), "--meta", "none",
        "--config", str(OPTIONS), "--fail-on-warning",
    )  # fmt: skip
    assert "arning" not in said
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(str(folder))
        yield lambda name: importlib.import_module(f"made_client.{name}")
    for name in [one for one in sys.modules if one.partition(".")[0] == "made_client"]:
        del sys.modules[name]


def _run(*words: str) -> str:
    done = subprocess.run(
        [sys.executable, *words], cwd=Path(settings.BASE_DIR), capture_output=True, text=True, timeout=120
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout + done.stderr


def test_a_generated_client_walks_from_the_alarm_to_the_report(generated, embedded_bureau, tmp_path):
    models, types = generated("models"), generated("types")

    def call(client, operation, *words, **given):
        """The answer as the generated code reads it."""
        tag, _, name = operation.partition(".")
        answer = generated(f"api.{tag}.{name}").sync_detailed(*words, client=client, **given)
        assert answer.status_code < 300, (operation, answer.status_code, answer.content.decode())
        return answer.parsed

    with (
        embedded_bureau.installation(tmp_path / "data") as installation,
        together(installation.web()) as (web,),
    ):
        client_of = generated("client").AuthenticatedClient

        def signed_in(username):
            return client_of(base_url=f"http://127.0.0.1:{web.port}", token=installation.keys[username][0])

        village, duty, director, squad = map(
            signed_in, ("village111.informant", "county1.duty", "county1.director", "county1.squad.dialogue")
        )

        me = call(duty, "me.me_retrieve")
        assert me.username == "county1.duty"

        facts = models.GivenFactsShape(
            headcount=models.GivenFactsShapeHeadcountType1(low=10, high=15),
            acts=[models.GivenFactsShapeActsType0Item.BANNER],
        )
        raised = call(
            village, "alarms.alarms_create",
            body=models.Alarm(client_id=new_key(), unit="V111", place="大厅", what="集体来访", facts=facts),
        )  # fmt: skip
        assert isinstance(raised, models.IncidentReceiptShape)
        number = raised.number

        seen = call(duty, "incidents.incidents_retrieve", number)
        assert (seen.place, seen.facts.headcount.low, seen.facts.headcount.high) == ("大厅", 10, 15)
        assert seen.facts.acts == [models.ActsEnum.BANNER]
        listed = call(duty, "incidents.incidents_list", unit="V111")
        assert [one.number for one in listed.results] == [number]

        proposed = call(
            duty, "early_warnings.early_warnings_create", idempotency_key=new_key(),
            body=models.NewWarning(incident=number, level="yellow", reason="人数增加"),
        )  # fmt: skip
        assert proposed.state == models.WarningStateEnum.PROPOSED
        assert proposed.signatory.unit == "C1"
        signed = call(
            director, "early_warnings.early_warnings_sign_create", proposed.number, idempotency_key=new_key(),
            body=models.Sign(credential=PASSWORD),
        )  # fmt: skip
        assert signed.state == models.WarningStateEnum.IN_FORCE

        order = call(
            duty, "orders.orders_create", idempotency_key=new_key(),
            body=models.NewOrder(incident=number, to="squad:dialogue@C1", task="到现场解释政策"),
        )  # fmt: skip
        for verb in ("acknowledge", "depart", "arrive"):
            moved = call(
                squad,
                "orders.orders_move",
                order.number,
                models.OrdersMoveVerb(verb),
                idempotency_key=new_key(),
                body=models.Step(note=""),
            )
        assert moved.state == models.OrderStateEnum.ARRIVED

        filed = call(
            village, "zero_reports.zero_reports_update", "V111", today(), idempotency_key=new_key(),
            body=models.Report(answer=models.ZeroReportAnswerEnum.NIL),
        )  # fmt: skip
        assert (filed.unit, filed.version, filed.page) == ("V111", 1, f"/report/V111/{today()}/")

        # A refusal is read as well.
        refused = generated("api.incidents.incidents_retrieve").sync_detailed("C1-20200101-001", client=duty)
        assert (refused.status_code, refused.parsed.code) == (404, "not_found")
        assert isinstance(refused.parsed, models.Problem)
        assert not isinstance(seen.closed_at, types.Unset)
        assert seen.closed_at is None
