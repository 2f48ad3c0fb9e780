from django.apps import AppConfig


class NoticesConfig(AppConfig):
    name = "notices"

    def ready(self):
        from notices import number_tests, still
        from notices.lasting import while_unheard

        still.register("notice.unheard", while_unheard)
        still.register("notice.nobody", still.always)
        # Both carry the moment after which they are of no use.
        still.register(number_tests.PURPOSE, still.always)
