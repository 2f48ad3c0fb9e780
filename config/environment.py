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

    def chat(self, var):
        """Which chat service writes to single people; empty: none."""
        given = self(var, default="").strip()
        if given and given not in _CHATS:
            sys.exit(f"{var}={given!r} is none of {', '.join(_CHATS)}; see .env.example. Not started.")
        return given

    def contact(self, var):
        """ "mailto:NAME@HOST" or "https://HOST…", or empty."""
        given = self(var, default="").strip()
        if given and not _CONTACT.fullmatch(given):
            sys.exit(f"{var}={given!r} is neither mailto:… nor https://…; see .env.example. Not started.")
        return given

    def addresses(self, var):
        """Addresses "https://HOST[:PORT][/PATH]" with commas between them."""
        given = self.list(var, default=[])
        for address in given:
            if not _ADDRESS.fullmatch(address):
                sys.exit(
                    f"{var}: {address!r} is no address http(s)://HOST[:PORT][/PATH]; see .env.example. Not started."
                )
        return given

    def age_keys(self, var):
        """Public keys of age, "age1…", with commas between them."""
        given = self.list(var, default=[])
        for key in given:
            if not _AGE_KEY.fullmatch(key):
                sys.exit(f"{var}: {key!r} is no public key of age (age1…); see .env.example. Not started.")
        return given

    def signers(self, var):
        """Public keys as manage.py signer says them, with commas between them."""
        given = self.list(var, default=[])
        for key in given:
            if not _SIGNING_KEY.fullmatch(key):
                sys.exit(f"{var}: {key!r} is not 64 hexadecimal digits; see .env.example. Not started.")
        return given

    def tiles(self, var):
        """ "https://HOST/…{z}…{x}…{y}…", or empty."""
        given = self(var, default="").strip()
        if given and not (_TILES.fullmatch(given) and all(one in given for one in ("{z}", "{x}", "{y}"))):
            sys.exit(
                f"{var}={given!r} is not an address with {{z}}, {{x}} and {{y}}; see .env.example. Not started."
            )
        return given


_CONTACT = re.compile(r"mailto:[^@\s]+@[^@\s]+|https://\S+")

#: The host without anything that a security policy would read as more than one source.
_TILES = re.compile(r"https?://[A-Za-z0-9.-]+(:\d{1,5})?/[^\s\"'<>;]+")

_ADDRESS = re.compile(r"https?://[A-Za-z0-9.-]+(:[0-9]+)?(/[A-Za-z0-9._~/-]*)?")
_AGE_KEY = re.compile(r"age1[02-9ac-hj-np-z]{58}")

#: notices.channels.providers knows how to speak to them; a test holds the two together.
_PROVIDERS = ("own", "aliyun", "tencent", "mas")
#: notices.channels.chats.NAMES, and where each is.
_CHATS = ("wecom", "dingtalk", "feishu")

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
        _make_key(file, secrets.token_urlsafe(48))
    key, *before = file.read_text().splitlines()
    return [key, *earlier, *before]


def read_signing_key(data_dir: Path) -> str:
    """32 bytes in hexadecimal digits: from SIGNING_KEY, else from the file of this data directory, made once."""
    key = env("SIGNING_KEY", default="").strip()
    if not key:
        file = data_dir / "signing-key"
        if not file.exists():
            _make_key(file, secrets.token_hex(32))
        key = file.read_text().strip()
    if not _SIGNING_KEY.fullmatch(key):
        sys.exit("SIGNING_KEY is not 64 hexadecimal digits; see .env.example. Not started.")
    return key


_SIGNING_KEY = re.compile(r"[0-9a-fA-F]{64}")


def _make_key(file: Path, key: str) -> None:
    partial = file.with_name(f"{file.name}.{os.getpid()}")
    partial.touch(mode=0o600)
    partial.write_text(key)
    # link(), not rename(): of two processes that start together, the first one's key stays.
    try:
        os.link(partial, file)
    except FileExistsError:
        pass
    finally:
        partial.unlink()
