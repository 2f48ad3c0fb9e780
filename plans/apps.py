from django.apps import AppConfig


class PlansConfig(AppConfig):
    name = "plans"

    def ready(self):
        from clocks import overdue, rulebook
        from notices import still
        from plans import overdue as telling
        from plans.standing import statutory_rules

        rulebook.always_on(statutory_rules)
        overdue.register(telling.tell, telling.over)
        still.register(telling.PURPOSE, telling.while_running)
