from django.apps import AppConfig


class EngineConfig(AppConfig):
    name = "engine"

    def ready(self):
        from engine.wheels import anchor_soon
        from journal.record import on_record

        on_record(anchor_soon)
