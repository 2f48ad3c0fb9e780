"""What a process does not load until it needs it: each of these is megabytes in every process of an installation."""

from tests.processes import environment, python

#: Module → who would bring it along, and when it is wanted.
LATER = {
    "requests": "5 MB; with the first call to a gateway, a provider, a webhook",
    "urllib3": "with the former",
    "psycopg2": "5 MB; where the database is PostgreSQL",
    "onelogin": "1 MB; with the first sign-in over SAML",
    "xmlsec": "with the former",
    "lxml": "9 MB; with the former, or the first Word file",
    "openpyxl": "with the first table",
}
LOAD = """
import sys
from django.urls import get_resolver
get_resolver().url_patterns
import engine.management.commands.serve
print(*sys.modules)
"""


def test_what_only_some_calls_need_is_loaded_with_them(tmp_path):
    loaded = {*python(LOAD, env=environment(tmp_path)).split()}

    assert "django" in loaded
    assert {*LATER} & loaded == set()
