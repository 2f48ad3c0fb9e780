from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "accounts"
    verbose_name = "Accounts"

    def ready(self):
        from accounts import signals  # noqa: F401 - connects the receivers
        from accounts.credentials import reserved
        from accounts.intake.fields import MASKED_AT_ONCE
        from common import around
        from common.addresses import TIDIED

        around.register(reserved)
        TIDIED.update(MASKED_AT_ONCE)
