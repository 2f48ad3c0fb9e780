from tests.command.responding import asked, incident, library, passwords, settle, started
from tests.rosters.conftest import alarm, colleagues, draft, posts, published, rotate

__all__ = [
    "alarm", "asked", "colleagues", "draft", "incident", "library", "passwords", "posts", "published", "rotate", "settle",
    "started",
]  # fmt: skip
