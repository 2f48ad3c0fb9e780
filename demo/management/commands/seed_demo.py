from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from accounts.models import Unit
from demo.seed import seed


class Command(BaseCommand):
    help = "Load the demo bureau into an empty database and write its accounts to DATA_DIR/demo-accounts.csv."

    def handle(self, **options):
        if Unit.objects.exists():
            raise CommandError("The demo bureau was not loaded: this database already has units.")
        file = seed(now=timezone.now())
        self.stdout.write(f"The demo bureau is loaded. Accounts: {file}")
