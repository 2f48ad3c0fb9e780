from django.apps import AppConfig


class DrillsConfig(AppConfig):
    name = "drills"

    def ready(self):
        from drills import hooks  # noqa: F401 - registers
