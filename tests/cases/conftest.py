from tests.reports.conftest import file, morning, noon, today

__all__ = ["file", "morning", "noon", "today"]
