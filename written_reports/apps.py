from django.apps import AppConfig


class WrittenReportsConfig(AppConfig):
    name = "written_reports"

    def ready(self):
        from written_reports import hooks  # noqa: F401 - registers
