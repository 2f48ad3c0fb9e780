from django.apps import AppConfig


class EarlyWarningsConfig(AppConfig):
    name = "early_warnings"

    def ready(self):
        from early_warnings import hooks  # noqa: F401 - registers
