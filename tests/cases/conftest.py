from tests.zero_reports.conftest import file, morning, noon, today

__all__ = ["file", "morning", "noon", "today"]
