from django.apps import AppConfig


class CommandConfig(AppConfig):
    name = "command"

    def ready(self):
        from accounts.duty import register
        from clocks import effects
        from command.alerts import order_recipients
        from command.duty import rostered
        from command.lasting import LASTING
        from command.queries import held_open, key_of_number
        from command.shifts import actions, handovers
        from common.subjects import add_reader
        from incidents.queries import hold_open
        from notices import still
        from plans import overdue

        register(rostered)
        hold_open(held_open)
        add_reader(key_of_number)
        overdue.register("order_recipient", order_recipients)
        effects.register("shift.stand_in", actions.stand_in)
        effects.register("handover.ring", handovers.ring)
        for purpose, check in LASTING.items():
            still.register(purpose, check)
