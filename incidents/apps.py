from django.apps import AppConfig


class IncidentsConfig(AppConfig):
    name = "incidents"

    def ready(self):
        from accounts.reform import waiting
        from accounts.scope import add_exceptions
        from common.subjects import add_reader
        from incidents.cases import cases
        from incidents.lasting import still_in_danger, still_open
        from incidents.models import granted_threads
        from incidents.queries import OPEN_WORDS, count_open, key_of_number
        from notices import still
        from plans.rehearsal.cases import provide

        add_exceptions(granted_threads)
        waiting.register(OPEN_WORDS, count_open)
        add_reader(key_of_number)
        for purpose in ("incident.reported", "incident.graver"):
            still.register(purpose, still.while_live(still_open))
        still.register("incident.life_safety", still.while_live(still_in_danger))
        still.register("incident.stood_down", still.always)
        provide(cases=cases)
