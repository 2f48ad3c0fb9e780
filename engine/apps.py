from django.apps import AppConfig
from django.db.models.signals import post_migrate


class EngineConfig(AppConfig):
    name = "engine"

    def ready(self):
        from engine import hooks  # noqa: F401 - registers
        from engine.backup.destroyed_list import after_migration
        from engine.rights import grant_application

        # Sent once all migrations have run, also where there was none.
        post_migrate.connect(grant_application, sender=self)
        post_migrate.connect(after_migration, sender=self)
