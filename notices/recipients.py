"""Who is told: what whoever asks for a notice says of each person."""

from typing import NamedTuple

from accounts.models import User


class Recipient(NamedTuple):
    person: User
    #: The post in whose name the person is told.
    post_title: str
    #: That post, where whoever does not answer for it any more is not to be called.
    post_id: int | None = None
