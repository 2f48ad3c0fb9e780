from django.apps import AppConfig


class PlansConfig(AppConfig):
    name = "plans"

    def ready(self):
        from clocks import rulebook
        from notices import still
        from plans import overdue
        from plans.standing import statutory_rules

        rulebook.always_on(statutory_rules)
        still.register(overdue.PURPOSE, overdue.while_running)
