"""Pieces of pages that are the same for everybody who sees them: rendered once for each version and language.

A piece is found by everything it shows, so it is never out of date: what changes a piece changes its key. Nothing of
a viewer's rights may be in it (buttons, telephone numbers), for it is shown to whoever may see the thing at all. It is
kept in this process; a piece that was thrown away is rendered again.
"""

from collections import OrderedDict
from collections.abc import Callable, Hashable
from threading import Lock

from django.utils.safestring import SafeString
from django.utils.translation import get_language


class Rendered:
    """The last `most` pieces of one kind."""

    def __init__(self, most: int):
        self._most = most
        self._pieces: OrderedDict[Hashable, SafeString] = OrderedDict()
        self._lock = Lock()

    def __len__(self) -> int:
        return len(self._pieces)

    def get(self, shown: Hashable, render: Callable[[], SafeString]) -> SafeString:
        """The piece that shows `shown` in the reader's language; rendered where nobody needed it before."""
        key = (get_language(), shown)
        with self._lock:
            piece = self._pieces.get(key)
            if piece is not None:
                self._pieces.move_to_end(key)
                return piece
        piece = render()
        with self._lock:
            self._pieces[key] = piece
            while len(self._pieces) > self._most:
                self._pieces.popitem(last=False)
        return piece

    def forget(self) -> None:
        with self._lock:
            self._pieces.clear()
