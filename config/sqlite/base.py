"""The backend: Django's own, in which transactions of one process queue for the one writer that SQLite lets in."""

from django.db.backends.sqlite3 import base

from common.write_queue import Queue


class DatabaseWrapper(base.DatabaseWrapper):
    _queues: dict[str, Queue] = {}
    _has_turn = False

    @property
    def _queue(self) -> Queue:
        """Of the file, whichever thread's connection it is."""
        name = str(self.settings_dict["NAME"])
        return self._queues.get(name) or self._queues.setdefault(name, Queue())

    def _start_transaction_under_autocommit(self) -> None:
        # Without its turn it goes on all the same: SQLite itself says after a while that the database is locked.
        self._has_turn = self._queue.wait_for_turn()
        try:
            super()._start_transaction_under_autocommit()
        except BaseException:
            self._end_turn()
            raise

    def _commit(self) -> None:
        try:
            super()._commit()
        finally:
            self._end_turn_unless_within()

    def _rollback(self) -> None:
        try:
            super()._rollback()
        finally:
            self._end_turn_unless_within()

    def _close(self) -> None:
        try:
            super()._close()
        finally:
            self._end_turn()

    def __del__(self) -> None:
        # A thread that ended within a transaction: its connection is closed by nobody else.
        self._end_turn()

    def _end_turn_unless_within(self) -> None:
        """A COMMIT that failed leaves the transaction open: Django rolls back next."""
        if self.connection is None or not self.connection.in_transaction:
            self._end_turn()

    def _end_turn(self) -> None:
        if self._has_turn:
            self._has_turn = False
            self._queue.end_turn()
