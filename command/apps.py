from django.apps import AppConfig


class CommandConfig(AppConfig):
    name = "command"

    def ready(self):
        from accounts.duty import register
        from command.duty import rostered
        from command.queries import held_open, key_of_number
        from common.subjects import add_reader
        from incidents.queries import hold_open

        register(rostered)
        hold_open(held_open)
        add_reader(key_of_number)
