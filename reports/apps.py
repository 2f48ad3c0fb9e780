from django.apps import AppConfig


class ReportsConfig(AppConfig):
    name = "reports"

    def ready(self):
        from command.shifts.queries import add_passing
        from reports.handover import silent_units

        add_passing(silent_units)
