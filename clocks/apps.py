from django.apps import AppConfig


class ClocksConfig(AppConfig):
    name = "clocks"

    def ready(self):
        from clocks.actions import start_and_stop
        from journal.record import on_record

        on_record(start_and_stop)
