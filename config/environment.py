"""Reads the environment; a wrong value stops the start with one sentence."""

import os
import re
import secrets
import sys
from pathlib import Path

import environ


class Environment(environ.Env):
    """django-environ, with a sentence instead of a traceback for a value that does not parse."""

    def get_value(self, var, *args, **kwargs):
        try:
            return super().get_value(var, *args, **kwargs)
        except ValueError:
            sys.exit(
                f"{var}={os.environ.get(var)!r} cannot be read; see .env.example for its form. Not started."
            )

    def bool(self, var, default=environ.Env.NOTSET):
        """0/1 and their usual spellings; anything else is a mistake, not a no."""
        given = os.environ.get(var, "").strip().lower()
        if given and given not in (*self.BOOLEAN_TRUE_STRINGS, "0", "false", "off", "no", "n"):
            sys.exit(f"{var}={given!r} is neither 1 nor 0; see .env.example. Not started.")
        return super().bool(var, default=default)

    def hours(self, var, default=""):
        """ "22:00-07:00", or empty for none."""
        given = self(var, default=default).strip()
        if given and not _HOURS.fullmatch(given):
            sys.exit(f"{var}={given!r} is not of the form 22:00-07:00; see .env.example. Not started.")
        return given

    def provider(self, var):
        """Who carries text messages: "own" or one that the product speaks to."""
        given = self(var, default="").strip() or "own"
        if given not in _PROVIDERS:
            sys.exit(f"{var}={given!r} is none of {', '.join(_PROVIDERS)}; see .env.example. Not started.")
        return given

    def tiles(self, var):
        """ "https://HOST/…{z}…{x}…{y}…", or empty."""
        given = self(var, default="").strip()
        if given and not (_TILES.fullmatch(given) and all(one in given for one in ("{z}", "{x}", "{y}"))):
            sys.exit(
                f"{var}={given!r} is not an address with {{z}}, {{x}} and {{y}}; see .env.example. Not started."
            )
        return given


#: The host without anything that a security policy would read as more than one source.
_TILES = re.compile(r"https?://[A-Za-z0-9.-]+(:\d{1,5})?/[^\s\"'<>;]+")

#: notices.channels.providers knows how to speak to them; a test holds the two together.
_PROVIDERS = ("own", "aliyun", "tencent", "mas")

_HOURS = re.compile(r"([01]\d|2[0-3]):[0-5]\d-([01]\d|2[0-3]):[0-5]\d")

env = Environment()


def make_data_dir(folder: Path) -> None:
    """Make DATA_DIR, for this account alone: it will hold sessions, keys and telephone numbers."""
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        sys.exit(f"DATA_DIR {folder} cannot be made ({error.strerror}); name another folder. Not started.")


def read_secret_keys(data_dir: Path) -> list[str]:
    """The key, then the earlier ones: from SECRET_KEY, else from the file of this data directory.

    The file has one key a line and mode 0600; it is made once, with a random key, or comes with a backup.
    """
    try:
        return _read_secret_keys(data_dir)
    except OSError as error:
        sys.exit(
            f"DATA_DIR {data_dir} is not to be read and written ({error.strerror}); give it to this account, or "
            "name another folder. Not started."
        )


def _read_secret_keys(data_dir: Path) -> list[str]:
    earlier = env.list("SECRET_KEY_FALLBACKS", default=[])
    if key := env("SECRET_KEY", default=""):
        return [key, *earlier]
    file = data_dir / "secret-key"
    if not file.exists():
        _make_key(file)
    key, *before = file.read_text().splitlines()
    return [key, *earlier, *before]


def _make_key(file: Path) -> None:
    partial = file.with_name(f"secret-key.{os.getpid()}")
    partial.touch(mode=0o600)
    partial.write_text(secrets.token_urlsafe(48))
    # link(), not rename(): of two processes that start together, the first one's key stays.
    try:
        os.link(partial, file)
    except FileExistsError:
        pass
    finally:
        partial.unlink()
