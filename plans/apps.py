from django.apps import AppConfig


class PlansConfig(AppConfig):
    name = "plans"

    def ready(self):
        from clocks import rulebook
        from plans.standing import statutory_rules

        rulebook.always_on(statutory_rules)
