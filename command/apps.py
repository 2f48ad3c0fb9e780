from django.apps import AppConfig


class CommandConfig(AppConfig):
    name = "command"

    def ready(self):
        from command import hooks  # noqa: F401 - registers
