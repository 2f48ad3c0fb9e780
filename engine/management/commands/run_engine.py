import signal

from django.core.management.base import BaseCommand, CommandError

from engine.background.run import run_all
from engine.backup import destroyed_list
from engine.monitoring.exporter import expose
from engine.monotonic_clock import read_time
from engine.server.workers import Engine


class Command(BaseCommand):
    help = (
        "Number the journal, sweep the clocks, send the notices, audit the promises; again every second. "
        "Two or more may run. SIGTERM ends it after the turn in hand."
    )

    def add_arguments(self, parser):
        parser.add_argument("--once", action="store_true", help="one turn of everything, then end")

    def handle(self, *, once, **options):
        if destroyed_list.is_waiting():
            raise CommandError(
                "not started: the restored backup holds personal data that was certified as destroyed; run migrate first"
            )
        if once:
            self._turn_once()
            return
        expose()
        engine = Engine()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: engine.stop())
        self.stdout.write("engine: turning")
        engine.run()
        self.stdout.write("engine: stopped")

    def _turn_once(self):
        ran = run_all(read_time())
        for job, count in ran.done.items():
            self.stdout.write(f"{job}: {count}")
        if ran.failed:
            self.stderr.write(f"failed: {', '.join(ran.failed)} (see the log)")
            raise SystemExit(1)
