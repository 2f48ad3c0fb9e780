from django.apps import AppConfig


class EarlyWarningsConfig(AppConfig):
    name = "early_warnings"

    def ready(self):
        from clocks.effects import register
        from common.subjects import add_reader
        from early_warnings.effects import escalate_signoff, signatories_asked
        from early_warnings.lasting import in_force, while_returned, while_to_sign
        from early_warnings.objections import objection_to_switch
        from early_warnings.queries import holding_open, key_of_number, never_called
        from early_warnings.replays import signed_levels
        from incidents.closing.queries import ask_at_closing
        from incidents.queries import hold_open
        from incidents.switching.queries import object_to
        from notices import still
        from plans import overdue
        from plans.rehearsal.cases import provide

        overdue.register("signatory", signatories_asked)
        register("signoff.escalate", escalate_signoff)
        hold_open(holding_open)
        ask_at_closing(never_called)
        object_to(objection_to_switch)
        add_reader(key_of_number)
        still.register("warning.signed", still.while_live(in_force))
        still.register("warning.to_sign", while_to_sign)
        still.register("warning.returned", while_returned)
        still.register("warning.lifted", still.always)
        provide(signed=signed_levels)
