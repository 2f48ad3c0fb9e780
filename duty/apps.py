from django.apps import AppConfig


class DutyConfig(AppConfig):
    name = "duty"

    def ready(self):
        from duty import hooks  # noqa: F401 - registers
