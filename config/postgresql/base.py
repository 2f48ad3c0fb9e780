"""The backend: Django's own, with the pool where Django has one for psycopg 3."""

from typing import Any

import psycopg2
from django.db.backends.base.base import NO_DB_ALIAS
from django.db.backends.postgresql import base
from psycopg2.extras import register_default_jsonb

from config.postgresql.pool import Connection, Pool


class DatabaseWrapper(base.DatabaseWrapper):
    _kept_pools: dict[tuple[str, str], Pool] = {}

    @property
    def pool(self) -> Pool | None:
        if self.alias == NO_DB_ALIAS:
            return None
        return self._kept_pools.get(self._key) or self._kept_pools.setdefault(self._key, self._new_pool())

    def _new_pool(self) -> Pool:
        """The pool opens by way of a wrapper of its own: it must not keep alive the one of a thread that ends."""
        return Pool(type(self)({**self.settings_dict}, self.alias)._open)

    @property
    def _key(self) -> tuple[str, str]:
        """With the database's name, which tests change under a living connection object."""
        return self.alias, self.settings_dict["NAME"]

    def _open(self) -> Connection:
        connection = psycopg2.connect(connection_factory=Connection, **self.get_connection_params())
        connection.autocommit = True
        register_default_jsonb(conn_or_curs=connection, loads=lambda text: text)
        self._configure_connection(connection)  # type: ignore[attr-defined]  # newer than its stubs
        return connection

    def close_pool(self) -> None:
        if pool := self._kept_pools.pop(self._key, None):
            pool.close()

    def create_cursor(self, name: str | None = None) -> Any:
        if name:
            self.connection.has_named_cursors = True
        return super().create_cursor(name)
