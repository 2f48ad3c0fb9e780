from django.apps import AppConfig


class ZeroReportsConfig(AppConfig):
    name = "zero_reports"

    def ready(self):
        from zero_reports import hooks  # noqa: F401 - registers
