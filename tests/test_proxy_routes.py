"""The lines of docs/scaling.md for nginx, in the delivered nginx: what they send elsewhere, and what stays."""

import re

import pytest
from django.urls import get_resolver
from django.urls.resolvers import URLPattern

from tests.documents import blocks
from tests.test_proxy import SESSION, Nginx, Upstream, certificate, configured, process_of  # noqa: F401

pytestmark = pytest.mark.slow

LINES = blocks("docs/scaling.md", "nginx")
#: A value of each kind of part in an address.
VALUES = {"slug:kind": "pdf", "slug:slug": "city", "code": "C1-2026-1", "int": "1"}
PAPERS = ("/report/matrix/workbook/", "/report/table/workbook/")
READ = ("/report/matrix/?unit=C1", "/reports/history/", "/reports/burden/", "/reports/volume/C1/2026/")
STAY = (
    "/",
    "/alarm/",
    "/report/",
    "/report/missing/",
    "/reports/forms/",
    "/api/v1/incidents/",
    "/account/login/",
)


def addresses_of_papers(patterns, before="") -> list[str]:
    """The address of every paper of the product, as /incidents/C1-2026-1/brief.pdf."""
    found = []
    for one in patterns:
        address = f"{before}{one.pattern}"
        if not isinstance(one, URLPattern):
            found += addresses_of_papers(one.url_patterns, address)
        elif re.search(r"\.(pdf|<slug:kind>)$", address) and not address.startswith("api/"):
            found.append(
                "/" + re.sub(r"<((\w+):\w+)>", lambda part: VALUES.get(part[1]) or VALUES[part[2]], address)
            )
    return found


@pytest.fixture
def servers():
    """The usual web process, the one for papers, the one at the replica."""
    with Upstream() as usual, Upstream() as papers, Upstream() as replica:
        yield usual, papers, replica
        for server in (usual, papers, replica):
            server.shutdown()


@pytest.fixture
def nginx(tmp_path, servers, certificate):  # noqa: F811
    """The delivered one with the lines of the page, and these servers in the place of its addresses."""
    conf, begin = configured(tmp_path, servers[0], certificate, ""), "listen 443 ssl default_server;"
    added = LINES["upstreams"]
    for address, server in zip(("127.0.0.1:8001", "10.0.0.7:8001", "10.0.0.8:8001"), servers, strict=True):
        assert address in added
        added = added.replace(address, f"127.0.0.1:{server.server_port}")
    with (tmp_path / "local.conf").open("a") as local:
        local.write(added)
    assert conf.count(begin) == 1
    made = Nginx(tmp_path, conf.replace(begin, f"{begin}\n{LINES['papers']}{LINES['replica']}"))
    with made:
        yield made


def test_papers_and_what_is_read_go_elsewhere_and_nothing_else_does(nginx, servers):
    usual, papers, replica = (server.server_port for server in servers)

    def homes(paths):
        return {path: process_of(nginx, SESSION, path) for path in paths}

    every_paper = (*addresses_of_papers(get_resolver().url_patterns), *PAPERS)
    assert len(every_paper) > 8
    assert homes(every_paper) == dict.fromkeys(every_paper, papers)
    assert homes(READ) == dict.fromkeys(READ, replica)
    assert homes(STAY) == dict.fromkeys(STAY, usual)


def test_where_nobody_listens_elsewhere_the_usual_process_answers(nginx, servers):
    for server in servers[1:]:
        server.shutdown()
        server.server_close()

    assert {process_of(nginx, SESSION, path) for path in (*PAPERS, *READ)} == {servers[0].server_port}
