from tests.incidents.conftest import alarm

__all__ = ["alarm"]
