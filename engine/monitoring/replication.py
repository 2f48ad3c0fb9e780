"""What PostgreSQL says of its archive of changes and of its standby (docs/operations.md). Nothing on SQLite.

An account without rights over the server sees that a standby is connected, and neither which nor how far it is.
"""

from typing import NamedTuple

from django.db import connection

ASKED = """
SELECT current_setting('archive_mode') <> 'off'
       AND last_failed_time > COALESCE(last_archived_time, '-infinity'),
       COALESCE(last_failed_wal, ''),
       current_setting('synchronous_standby_names') <> ''
       AND current_setting('synchronous_commit') NOT IN ('off', 'local')
       AND NOT EXISTS (SELECT 1 FROM pg_stat_replication)
FROM pg_stat_archiver
"""


class Replication(NamedTuple):
    #: The file of changes that its archive did not take; empty: none.
    not_archived: str
    #: Every commit waits for a standby, and none is connected: nothing that people do is confirmed.
    is_alone: bool


def replication() -> Replication:
    """One query on PostgreSQL, none elsewhere."""
    if connection.vendor != "postgresql":
        return Replication("", is_alone=False)
    with connection.cursor() as cursor:
        cursor.execute(ASKED)
        has_failed, file, is_alone = cursor.fetchone()
    return Replication(file if has_failed else "", bool(is_alone))
