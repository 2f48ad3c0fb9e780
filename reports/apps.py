from django.apps import AppConfig


class ReportsConfig(AppConfig):
    name = "reports"

    def ready(self):
        from accounts.reform import waiting
        from command.shifts.queries import add_passing
        from notices import addenda, still
        from plans.watched import watches
        from reports import cadence
        from reports.handover import silent_units
        from reports.matters.queries import OPEN_WORDS, count_open
        from reports.reminders.alerts import PURPOSE
        from reports.reminders.links import links_for
        from reports.reminders.still import not_needed
        from reports.written import asking
        from reports.written import reminders as written

        add_passing(silent_units)
        waiting.register(OPEN_WORDS, count_open)
        still.register(PURPOSE, not_needed)
        still.register(written.PURPOSE, written.not_needed)
        addenda.register(PURPOSE, links_for)
        watches(cadence.is_asked)
        watches(asking.is_asked)
