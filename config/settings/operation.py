"""The engine's turns, backups, measuring, logs."""

from config.environment import env
from config.settings.installation import HOST

#: Seconds between two looks at the journal when nothing wakes the hub.
LIVE_POLL_SECONDS = env.float("LIVE_POLL_SECONDS", default=0.5)
#: Seconds between two beats on a socket.
LIVE_BEAT_SECONDS = env.float("LIVE_BEAT_SECONDS", default=3.0)
#: Seconds between two turns of the engine (numbering, clocks, notices).
ENGINE_TURN_SECONDS = env.float("ENGINE_TURN_SECONDS", default=1.0)
#: Called after every audit that found nothing wrong; the service behind it alarms when the calls stop.
HEARTBEAT_PING_URL = env("HEARTBEAT_PING_URL", default="")

#: Where the nightly backups go; empty: DATA_DIR/backups. How many are kept; 0: none is made.
BACKUP_DIR = env("BACKUP_DIR", default="")
BACKUP_KEEP = env.int("BACKUP_KEEP", default=7)
#: No backup in that folder, by night or by hand, gets older than so many days; the newest stays. Law: privacy.md.
BACKUP_DAYS = env.int("BACKUP_DAYS", default=35)
#: A mounted folder of another machine that each night's backup is copied to and checked in; empty: none.
BACKUP_COPY_DIR = env("BACKUP_COPY_DIR", default="")
#: A program that copies them away, with its arguments and without a shell; {} is the folder. Empty: none.
BACKUP_COPY_COMMAND = env("BACKUP_COPY_COMMAND", default="")
#: A restore is to be rehearsed within so many days; 0: nobody asks.
RESTORE_DRILL_DAYS = env.int("RESTORE_DRILL_DAYS", default=92)
#: Who can open a backup: public keys of age, whose private keys lie elsewhere. None: it is not encrypted.
BACKUP_RECIPIENTS = env.age_keys("BACKUP_RECIPIENTS")
#: The certificate people's browsers are shown, in PEM; empty: its expiry is not watched.
CERTIFICATE_FILE = env("CERTIFICATE_FILE", default="")
#: Where the machine says how long its logs stay; empty: not looked at, as where they go elsewhere.
JOURNALD_CONF_DIR = env("JOURNALD_CONF_DIR", default="")

#: Where this process answers Prometheus, apart from its pages; 0: nowhere.
METRICS_PORT = env.int("METRICS_PORT", default=0)
METRICS_HOST = env("METRICS_HOST", default=HOST)

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "plain": {
            "()": "common.logs.MaskedFormatter",
            "format": "{asctime} {levelname} {name} {message}",
            "style": "{",
        }
    },
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "plain"}},
    "root": {"handlers": ["console"], "level": env("LOG_LEVEL", default="INFO")},
    "loggers": {
        # A refusal is an answer, not a fault: who asked reads it, the log stays for what somebody must look at.
        "django.request": {"level": "ERROR"},
        # One line for each turn of a nightly or half-minute job would push everything else off the screen.
        "celery.app.trace": {"level": "WARNING"},
        "celery.worker.strategy": {"level": "WARNING"},
        "celery.beat": {"level": "WARNING"},
    },
}
