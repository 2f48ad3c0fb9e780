"""An answer of SAML meets a web process that is killed, and itself, at the same moment."""

import re
from concurrent.futures import ThreadPoolExecutor
from html import unescape

import pytest
import requests
from django.core import signing

from tests.identity_providers import RunningSamlProvider
from tests.processes import Server, free_port

pytestmark = [pytest.mark.fault, pytest.mark.slow]


@pytest.fixture(scope="module")
def provider():
    running = RunningSamlProvider()
    running.tell(user="no.such.person")
    yield running
    running.stop()


@pytest.fixture
def saml_env(bare_env, provider, tmp_path):
    port = str(free_port())
    return bare_env | {
        "PORT": port,
        "SITE_URL": f"http://127.0.0.1:{port}",
        "SAML_METADATA_FILE": str(provider.metadata(tmp_path)),
    }


def ask(browser, server) -> dict:
    """Begin a sign-in; the form that the provider hands to the browser."""
    page = browser.get(f"{server.url}/account/login/").text
    token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', page)[1]
    page = browser.post(f"{server.url}/account/central/", {"csrfmiddlewaretoken": token}).text
    there = unescape(re.search(r'content="0; url=([^"]+)"', page)[1])
    return dict(re.findall(r'name="(\w+)" value="([^"]*)"', requests.get(there, timeout=10).text))


def answer(server, form) -> str:
    """Post the form as another site's, without cookies; what is handed on."""
    posted = requests.post(f"{server.url}/account/central/answer/", form, allow_redirects=False, timeout=30)
    assert posted.status_code == 303
    return posted.cookies["central"]


def said(browser, server, handed_on: str) -> str:
    """The code of what the session is told; "central_unknown" where the answer was believed: nobody has this name."""
    page = browser.get(f"{server.url}/account/central/finish/", cookies={"central": handed_on}).text
    return re.search(r'data-code="(\w+)"', page)[1]


def test_a_process_that_dies_between_answer_and_session_loses_nothing(saml_env):
    browser = requests.Session()
    with Server(env=saml_env, name="web") as server:
        form = ask(browser, server)
        server.kill()
    with Server(env=saml_env, name="web") as server:
        handed_on = answer(server, form)
        server.kill()
    with Server(env=saml_env, name="web") as server:
        assert said(browser, server, handed_on) == "central_unknown"
        assert said(browser, server, handed_on) == "central_state"
        assert said(browser, server, answer(server, form)) == "central_state"


def test_of_one_answer_sent_often_at_once_one_is_believed(saml_env):
    with Server(env=saml_env, name="web") as server, ThreadPoolExecutor(6) as threads:
        form = ask(requests.Session(), server)

        given = list(threads.map(lambda _: answer(server, form), range(6)))

    read = [
        signing.loads(one, key=saml_env["SECRET_KEY"], salt="accounts.central.hand_over") for one in given
    ]
    assert sorted(one.get("refused", "believed") for one in read) == ["believed"] + ["central_state"] * 5
