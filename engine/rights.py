"""What the application's account may do in PostgreSQL, where another account owns the tables.

The owner migrates and gives these rights after each migration; the application can then neither switch the
journal's trigger off nor change, delete or empty what is written.
"""

from django.conf import settings
from django.db import connection, transaction

#: The rest of the tables.
EVERYDAY = "SELECT, INSERT, UPDATE, DELETE"
#: Table → what the account may do. An entry gets its number and hash once; the trigger refuses a second time.
NARROW = {
    "journal_entry": ("SELECT, INSERT", "UPDATE (number, hash)"),
    "journal_head": ("SELECT, INSERT, UPDATE",),
    "django_migrations": ("SELECT",),
}


def grant_application(**_signal: object) -> None:
    """Give the application's account its rights, and take every other. Nothing where it is the owner itself."""
    if not settings.APPLICATION_ROLE or connection.vendor != "postgresql":
        return
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = current_schema()")
        for statement in statements(settings.APPLICATION_ROLE, [table for (table,) in cursor.fetchall()]):
            cursor.execute(statement)


def statements(role: str, tables: list[str]) -> list[str]:
    role = connection.ops.quote_name(role)
    found = [
        f"GRANT USAGE ON SCHEMA public TO {role}",
        f"GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {role}",
    ]
    for table in tables:
        name = connection.ops.quote_name(table)
        found.append(f"REVOKE ALL ON {name} FROM {role}")
        found += [f"GRANT {right} ON {name} TO {role}" for right in _rights_on(table)]
    return found


def _rights_on(table: str) -> tuple[str, ...]:
    """A partition carries its table's name in front, and is as narrow."""
    return next((rights for name, rights in NARROW.items() if table.startswith(name)), (EVERYDAY,))
