from django.apps import AppConfig


class IncidentsConfig(AppConfig):
    name = "incidents"

    def ready(self):
        from accounts.reform import waiting
        from accounts.scope import add_exceptions
        from common.subjects import add_reader
        from incidents.cases import cases
        from incidents.models import granted_threads
        from incidents.queries import OPEN_WORDS, count_open, is_live, key_of_number
        from notices import chain
        from plans.rehearsal.cases import provide

        add_exceptions(granted_threads)
        waiting.register(OPEN_WORDS, count_open)
        add_reader(key_of_number)
        chain.register("incident", is_live)
        provide(cases=cases)
