"""Database, throttles, channels between processes, and the queue of work that may be late."""

from common.dates.local_time import LOCAL
from config.environment import env
from config.settings.installation import AS_OWNER, DATA_DIR, DATABASE_URL, REDIS_URL

# SQLite: IMMEDIATE, because a deferred transaction that reads first fails at once under a second writer;
# FULL, because a sign-off must survive a power cut; recursive_triggers, because INSERT OR REPLACE would
# otherwise pass the append-only triggers of the journal.
_SQLITE = {
    "ENGINE": "config.sqlite",
    "NAME": DATA_DIR / "dashboard.sqlite3",
    "OPTIONS": {
        "timeout": 20,
        "transaction_mode": "IMMEDIATE",
        "init_command": (
            "PRAGMA journal_mode=WAL;PRAGMA synchronous=FULL;PRAGMA recursive_triggers=ON;"
            "PRAGMA temp_store=MEMORY;PRAGMA cache_size=-20000;"
        ),
    },
}
# A database host that goes without a word is noticed within seconds; the kernel alone would wait for hours.
_POSTGRES = {
    "connect_timeout": 3,
    "keepalives_idle": 5,
    "keepalives_interval": 2,
    "keepalives_count": 3,
    "tcp_user_timeout": 10_000,
}
_ADDRESS = "MIGRATE_DATABASE_URL" if AS_OWNER else "DATABASE_URL"
DATABASES = {"default": env.db(_ADDRESS) if DATABASE_URL else _SQLITE}
if DATABASE_URL:
    # Given back after every request; the pool behind this backend keeps them.
    DATABASES["default"]["ENGINE"] = "config.postgresql"
    DATABASES["default"]["CONN_MAX_AGE"] = 0
    DATABASES["default"]["OPTIONS"] = {**_POSTGRES, **DATABASES["default"].get("OPTIONS", {})}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# Throttles and nothing else: in the database, so that a dead Redis keeps nobody from signing in.
CACHES = {"default": {"BACKEND": "django.core.cache.backends.db.DatabaseCache", "LOCATION": "cache_entry"}}

if REDIS_URL:
    CHANNEL_LAYERS = {
        "default": {
            "BACKEND": "channels_redis.pubsub.RedisPubSubChannelLayer",
            "CONFIG": {"hosts": [{"address": REDIS_URL, "socket_connect_timeout": 2}]},
        }
    }
else:
    CHANNEL_LAYERS = {"default": {"BACKEND": "channels.layers.InMemoryChannelLayer"}}

CELERY_BROKER_URL = REDIS_URL or "memory://"
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "visibility_timeout": 900,
    "unacked_restore_interval": 5,
    "unacked_restore_throttle": 1,
    "socket_timeout": 2,
    "socket_connect_timeout": 2,
}
CELERY_TIMEZONE = LOCAL.key
