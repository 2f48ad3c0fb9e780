from django.apps import AppConfig


class CommandConfig(AppConfig):
    name = "command"

    def ready(self):
        from accounts.duty import register
        from clocks import effects
        from command.duty import rostered
        from command.queries import held_open, key_of_number
        from command.shifts import actions, handovers
        from common.subjects import add_reader
        from incidents.queries import hold_open

        register(rostered)
        hold_open(held_open)
        add_reader(key_of_number)
        effects.register("shift.stand_in", actions.stand_in)
        effects.register("handover.ring", handovers.ring)
