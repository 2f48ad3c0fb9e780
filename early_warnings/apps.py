from django.apps import AppConfig


class EarlyWarningsConfig(AppConfig):
    name = "early_warnings"

    def ready(self):
        from clocks.effects import register
        from common.subjects import add_reader
        from early_warnings.effects import escalate_signoff
        from early_warnings.objections import objection_to_switch
        from early_warnings.queries import holding_open, is_live, key_of_number
        from early_warnings.replays import signed_levels
        from incidents.queries import hold_open
        from incidents.switching.queries import object_to
        from notices import chain
        from plans.rehearsal.cases import provide

        register("signoff.escalate", escalate_signoff)
        hold_open(holding_open)
        object_to(objection_to_switch)
        add_reader(key_of_number)
        chain.register("warning", is_live)
        provide(signed=signed_levels)
