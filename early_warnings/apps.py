from django.apps import AppConfig


class EarlyWarningsConfig(AppConfig):
    name = "early_warnings"

    def ready(self):
        from clocks.effects import register
        from common.subjects import add_reader
        from early_warnings.effects import escalate_signoff
        from early_warnings.objections import objection_to_switch
        from early_warnings.queries import holding_open, is_live, key_of_number, never_called
        from early_warnings.replays import signed_levels
        from incidents.closing.queries import ask_at_closing
        from incidents.queries import hold_open
        from incidents.switching.queries import object_to
        from notices import chain
        from plans.rehearsal.cases import provide

        register("signoff.escalate", escalate_signoff)
        hold_open(holding_open)
        ask_at_closing(never_called)
        object_to(objection_to_switch)
        add_reader(key_of_number)
        chain.register("warning", is_live)
        provide(signed=signed_levels)
