"""The REST framework, without what it takes along where it finds it: an HTTP client for its tests and fields of PostgreSQL's
own, 10 MB in every process for nothing. Imported before anything else imports it.
"""

import sys
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def _hidden(*names: str) -> Iterator[None]:
    """Whoever imports these modules meanwhile is told that they are not installed."""
    loaded = {name: sys.modules[name] for name in names if name in sys.modules}
    sys.modules.update(dict.fromkeys(names))
    try:
        yield
    finally:
        for name in names:
            del sys.modules[name]
        sys.modules.update(loaded)


with _hidden("requests", "django.contrib.postgres"):
    import rest_framework.compat  # noqa: F401
