"""Where this installation is, what it is called, its keys, and which of the two profiles it runs."""

import hashlib
import sys
from pathlib import Path

from config.backends import refuse_plain
from config.environment import env, make_data_dir, read_secret_keys, read_signing_key

BASE_DIR = Path(__file__).resolve().parent.parent.parent
DATA_DIR = Path(env("DATA_DIR", default=str(BASE_DIR / "var"))).resolve()
make_data_dir(DATA_DIR)

DEBUG = env.bool("DEBUG", default=False)
DEMO = env.bool("DEMO", default=False)
HOST = env("HOST", default="127.0.0.1")
PORT = env.int("PORT", default=8000)
# Of the earlier keys: what they sealed stays readable, what they signed stays valid.
SECRET_KEY, *SECRET_KEY_FALLBACKS = read_secret_keys(DATA_DIR)
#: Whether the key is that of DATA_DIR/secret-key, so that a restored backup brings its own.
SECRET_KEY_IS_IN_FILE = not env("SECRET_KEY", default="")
#: Where alarms wait that the database could not take, best on another disk; empty: DATA_DIR/kept-alarms.
ALARM_SPOOL_DIR = env("ALARM_SPOOL_DIR", default="")
#: What this installation signs its backups and anchors with (common.signing).
SIGNING_KEY = read_signing_key(DATA_DIR)
#: Public keys that signed before this one did: another machine's, or one that was changed.
FORMER_SIGNERS = env.signers("FORMER_SIGNERS")
#: A folder of another machine that gets every anchor of the journal too, and the list of what was destroyed; empty: none.
ANCHOR_COPY_DIR = env("ANCHOR_COPY_DIR", default="")
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["localhost", "127.0.0.1", "[::1]", HOST])
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[])
# Where people reach this product, for links in messages: "https://icd.example".
SITE_URL = env("SITE_URL", default=next(iter(CSRF_TRUSTED_ORIGINS), ""))
#: Reminders on a telephone carry a link that files "nothing"; only where SITE_URL is known.
REMINDER_LINKS = env.bool("REMINDER_LINKS", default=True)
#: A code on a petitioner's slip opens a page without a sign-in: state and dates of one demand. Off unless decided.
PUBLIC_DEMAND_PAGE = env.bool("PUBLIC_DEMAND_PAGE", default=False)
#: The hours at which leaders receive, by post, without a sign-in. Off unless decided.
PUBLIC_RECEPTION_PAGE = env.bool("PUBLIC_RECEPTION_PAGE", default=False)
SITE_NAME = env("SITE_NAME", default="")
NETWORK_NOTICE = env("NETWORK_NOTICE", default="")
#: Whether an alarm may come with what its reporter says, thirty seconds at most. Off unless decided (ADR 0193).
VOICE_NOTES = env.bool("VOICE_NOTES", default=False)
#: Whether devices keep a page for when the network is gone; off, what they kept leaves them (ADR 0216).
SERVICE_WORKER = env.bool("SERVICE_WORKER", default=True)
#: True behind the TLS proxy of the production profile: secure cookies, HSTS.
HTTPS = env.bool("HTTPS", default=False)
if HTTPS and DEBUG:
    sys.exit("DEBUG=1 shows inner details to every visitor; with HTTPS=1 leave DEBUG out. Not started.")

#: The national algorithms for what is written from now on: SM3 for the journal, SM4-GCM for sealed columns and files.
SM_CIPHERS = env.bool("SM_CIPHERS", default=False)
if SM_CIPHERS and "sm3" not in hashlib.algorithms_available:
    sys.exit(
        "SM_CIPHERS=1, but the OpenSSL of this Python has no SM3. Take another Python, or SM_CIPHERS=0. Not started."
    )

DATABASE_URL = env("DATABASE_URL", default="")
#: The commands that change the schema run as the owner of the tables, where that is another account.
AS_OWNER = bool(env("MIGRATE_DATABASE_URL", default="")) and sys.argv[1:2] in (
    ["migrate"],
    ["restore"],
    ["rehearse_restore"],
)
#: The account that the owner gives its rights to after a migration; empty: the application owns the tables.
APPLICATION_ROLE = env.db("DATABASE_URL")["USER"] if AS_OWNER and DATABASE_URL else ""
REDIS_URL = env("REDIS_URL", default="")
EMBEDDED = not DATABASE_URL and not REDIS_URL
refuse_plain(
    is_decided=env.bool("PLAIN_BACKENDS", default=False),
    DATABASE_URL=DATABASE_URL,
    MIGRATE_DATABASE_URL=env("MIGRATE_DATABASE_URL", default=""),
    REDIS_URL=REDIS_URL,
)
