from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils import timezone
from django.utils.timezone import localtime

from accounts.models import User
from common.models import SetAside
from incidents.kept_alarms import storage
from incidents.kept_alarms.playing import KEPT
from journal.keys import key
from journal.record import record


class Command(BaseCommand):
    help = (
        "List the alarms that wait outside the database. They are recorded by themselves when it takes them; one that is "
        "never taken is read to the duty room and given up."
    )

    def add_arguments(self, parser):
        parser.add_argument("--read", metavar="NAME", help="print what this one says")
        parser.add_argument(
            "--give-up",
            metavar="NAME",
            help="record it no more: the duty room has it. The file stays, renamed",
        )

    def handle(self, *, read, give_up, **options):
        if read:
            self._print(read)
        elif give_up:
            self._give_up(give_up)
        else:
            self._list()

    def _list(self):
        tries = {one.row: one for one in SetAside.objects.filter(loop=KEPT.name)}
        for name in storage.waiting():
            one = tries.get(name)
            self.stdout.write(f"{name} {f'{one.tries} tries, {one.error}' if one else 'waits'}")

    def _print(self, name):
        kept = self._of(name)
        person = User.objects.filter(pk=kept.person).first()
        self.stdout.write(
            f"{localtime(kept.received_at):%Y-%m-%d %H:%M:%S}, {person or kept.person}: {kept.body}"
        )

    @transaction.atomic
    def _give_up(self, name):
        # The same file is being recorded, or is there no more: then there is nothing to give up.
        if name not in storage.waiting():
            raise CommandError(f"nothing was given up: no alarm of the name {name} waits")
        SetAside.objects.filter(loop=KEPT.name, row=name).delete()
        record(
            "engine.alarm_given_up",
            subject=key("engine", "alarms_kept"),
            actor=None,
            at=timezone.now(),
            content={"name": name},
        )
        storage.put_away(name)
        self.stdout.write(f"{name} is recorded no more; the journal says so")

    def _of(self, name):
        kept = None
        try:
            kept = storage.read(name) if name in storage.waiting() else None
        except storage.Unreadable as error:
            raise CommandError(f"{name} cannot be read: no known key opens it, or it was cut") from error
        if kept is None:
            raise CommandError(f"no alarm of the name {name} waits")
        return kept
