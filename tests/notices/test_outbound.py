"""Where the server itself calls: addresses that the operator wrote down, and nowhere else."""

import ast
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from engine.background import watchdog
from notices.channels.http import post
from script.figures import TOP, modules, rooms

pytestmark = pytest.mark.control(49)

#: What can open a line to somewhere.
CLIENTS = {
    "aiohttp",
    "ftplib",
    "http.client",
    "httpx",
    "requests",
    "smtplib",
    "ldap3",
    "socket",
    "urllib.request",
    "urllib3",
}
#: Who does, and whose addresses they call. Whoever adds one here says why it is not somebody's typing.
CALL = {
    "notices/channels/lines.py": "gateways, chat groups and services and command centres of the settings; push services they list",
    "notices/channels/deadline.py": "cuts the lines of the former",
    "notices/channels/mail.py": "EMAIL_HOST",
    "engine/background/watchdog.py": "HEARTBEAT_PING_URL",
    "accounts/central/connection.py": "the sign-in of the bureau, OIDC_ISSUER: with an end to each call",
    "accounts/central/directory.py": "the directory of the bureau, LDAP_URL: with an end to each call",
    "accounts/central/oidc.py": "through the former",
    "accounts/central/adapters.py": "names the errors of the former",
    "engine/management/commands/serve.py": "asks whether a port of its own is free",
}
#: Who hands an address to the first of them.
ASK = {
    "notices/channels/gateway.py": "NOTICE_GATEWAY_URL",
    "notices/channels/bots.py": "NOTICE_BOTS",
    "notices/channels/chat.py": "NOTICE_CHAT",
    "command/linkage/sending.py": "LINKAGE_CENTRES",
    # Browsers name their addresses: each is held against the list (tests/dashboards/test_push.py).
    "notices/push/service.py": "WEB_PUSH_HOSTS",
    # As above (tests/webhooks/test_rules.py, test_sending.py).
    "webhooks/sending.py": "WEBHOOK_TARGETS",
    # As above (tests/exchange/test_partners.py, test_sending.py).
    "exchange/sending.py": "EXCHANGE_TARGETS",
}


def imported(file: Path) -> set[str]:
    found = set()
    for node in ast.walk(ast.parse(file.read_text())):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
    return found


@pytest.fixture(scope="module")
def imports():
    return {str(file.relative_to(TOP)): imported(file) for room in rooms() for file in modules(TOP, room)}


def test_few_modules_can_call_anywhere(imports):
    able = {
        name
        for name, found in imports.items()
        if {one for one in found if one.split(".")[0] in CLIENTS} | found & CLIENTS
    }

    assert able == set(CALL)


def test_they_are_handed_addresses_of_the_settings_alone(imports):
    asking = {"notices.channels.http.post", "notices.channels.http.get"}
    assert {name for name, found in imports.items() if "notices.channels.lines" in found} == {
        "notices/channels/http.py"
    }
    assert {name for name, found in imports.items() if asking & found} == set(ASK)
    for name, setting in ASK.items():
        beside = ("notices/channels/routes.py", "command/linkage/delivery.py")
        source = "".join((TOP / file).read_text() for file in (name, *beside))
        assert f"settings.{setting}" in source, name


@pytest.fixture
def leading_on():
    """A server that sends whoever asks on to another place of its own, and writes down what it was asked."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            server.asked.append(self.path)
            self.send_response(302)
            self.send_header("Location", "/elsewhere")
            self.send_header("Content-Length", "0")
            self.end_headers()

        do_POST = do_GET

        def log_message(self, *args):
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        server.asked = []
        server.url = f"http://127.0.0.1:{server.server_port}/here"
        threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
        yield server
        server.shutdown()


def test_nobody_is_led_elsewhere(leading_on, settings):
    assert post(leading_on.url, {}, 5.0).status == 302

    settings.HEARTBEAT_PING_URL = leading_on.url
    watchdog.ping_watchdog().join(10)

    assert leading_on.asked == ["/here", "/here"]


def test_no_address_is_kept_in_a_row():
    """Otherwise whoever may write the row could send the server somewhere. A browser's and a webhook's are held against
    the operator's list when they come and when they are called."""
    from django.apps import apps
    from django.db.models import URLField

    rows = [
        f"{model._meta.label}.{field.name}"
        for model in apps.get_models()
        for field in model._meta.get_fields()
        if isinstance(field, URLField) or getattr(field, "name", "").endswith(("url", "endpoint"))
    ]

    # Pages of our own, shown as links and never called.
    links = {"accounts.Exclusion.url", "duty.HandoverItem.url"}
    assert [row for row in rows if row not in links] == [
        "accounts.PushDevice.endpoint",
        "webhooks.Webhook.url",
    ]
