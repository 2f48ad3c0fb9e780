from tests.rosters.conftest import alarm, colleagues, draft, posts, published, rotate

__all__ = ["alarm", "colleagues", "draft", "posts", "published", "rotate"]
