"""The product's settings with what only tests want: a fast hasher, plain static names, a data directory of their own."""

import os
import tempfile

_data = tempfile.TemporaryDirectory(prefix="dashboard-tests-", ignore_cleanup_errors=True)
os.environ.setdefault("DATA_DIR", _data.name)
if worker := os.environ.get("PYTEST_XDIST_WORKER"):
    # Two processes at once have two journals, and each its own anchors.
    os.environ["DATA_DIR"] = os.path.join(os.environ["DATA_DIR"], worker)
os.environ.setdefault("STATIC_STORAGE", "django.contrib.staticfiles.storage.StaticFilesStorage")

from config.settings import *  # noqa: E402, F403

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
ALLOWED_HOSTS = ["*"]

if DATABASES["default"]["ENGINE"] == "config.sqlite":  # noqa: F405
    # A file, not memory: the live hub's threads read beside a writer, which only WAL allows. Nothing here
    # has to survive a power cut.
    DATABASES["default"]["TEST"] = {"NAME": DATA_DIR / "test.sqlite3"}  # noqa: F405
    DATABASES["default"]["OPTIONS"]["init_command"] += "PRAGMA synchronous=OFF;"  # noqa: F405
# whitenoise warns about a missing folder, and warnings are errors.
STATIC_ROOT.mkdir(parents=True, exist_ok=True)  # noqa: F405
