"""The system administrator's page: whether the engine's jobs run, and what to do where they do not."""

from datetime import timedelta

from django.conf import settings
from django.contrib.auth.mixins import LoginRequiredMixin
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from common.errors import NotAllowed
from common.version import version
from dashboards.maps.found import found_files
from engine.background import nightly
from engine.backup import copying, rehearsal
from engine.models import Heartbeat, NightlyJob
from engine.monitoring.queries import open_alarms, sentence_for, stopped
from engine.monitoring.replication import replication
from exchange import queries as exchange
from incidents.kept_alarms import storage
from journal import anchor
from journal.live.live_pages import PartsView
from journal.models import Entry, Head
from notices.models import Notice
from works.queries import live_by_kind

#: What each job of the engine does, beside its name in logs and metrics.
JOB_WORDS = {
    "incidents.kept_alarms": gettext_lazy("records alarms that the database had not taken"),
    "numbering": gettext_lazy("numbers the journal"),
    "clocks": gettext_lazy("watches time limits"),
    "duty.shifts": gettext_lazy("begins shifts and sends test notices"),
    "command.post": gettext_lazy("sees who sits in a command post"),
    "command.linkage": gettext_lazy("answers joint command centres"),
    "drills.player": gettext_lazy("plays the injects of a drill"),
    "notices.alerts": gettext_lazy("sends alerts"),
    "notices.escalation": gettext_lazy("follows up where nobody hears"),
    "notices.push": gettext_lazy("tells browsers with no page open"),
    "notices": gettext_lazy("sends other notices"),
    "zero_reports.counts.tallies": gettext_lazy("counts zero-reports"),
    "accounts.reform": gettext_lazy("ends, splits and merges units on their day"),
    "zero_reports.rounds": gettext_lazy("opens and closes reporting days"),
    "zero_reports.reminders": gettext_lazy("follows up units that have not reported"),
    "anchor": gettext_lazy("writes the journal’s anchor"),
    "destruction.list": gettext_lazy("lists what was destroyed, for a restore"),
    "auditor": gettext_lazy("checks that nothing is overdue"),
}

#: What each nightly job does.
NIGHTLY_WORDS = {
    "verify": gettext_lazy("verifies the whole journal"),
    "backup": gettext_lazy("makes a backup"),
    "copy": gettext_lazy("copies backups away"),
    "voice_notes": gettext_lazy("takes away voice notes that no alarm names"),
    "expiry": gettext_lazy("looks for certificates and calendars that run out"),
}


class SystemPage(LoginRequiredMixin, PartsView):
    """Jobs, alarms and queues. Nothing of any incident."""

    template_name = "engine/system.html"
    parts = {"jobs": ("engine/_jobs.html", "jobs_context")}

    def check_may_open(self):
        if not self.request.reach.has("engine.view"):
            raise NotAllowed(
                "not_your_board",
                _("This board was not opened: it belongs to another post. Go to your start page."),
            )

    def page_context(self):
        return {"map_files": found_files(), "version": version(), "has_sm_ciphers": settings.SM_CIPHERS}

    def jobs_context(self):
        now = self.request.now
        halted = set(stopped(now))
        beats = Heartbeat.objects.order_by("name")
        alarms = list(open_alarms())
        return {
            "jobs": [(beat, beat.name in halted, JOB_WORDS.get(beat.name, "")) for beat in beats],
            "missing": sorted(halted - {beat.name for beat in beats}),
            "nights": self._nights(),
            "alarms": [(alarm, sentence_for(alarm.code)) for alarm in alarms],
            "head": Head.objects.filter(pk=1).first(),
            "kept_alarms": self._kept_alarms(now),
            "anchor": anchor.newest(),
            "copy": anchor.copy_file(),
            "not_copied": anchor.behind(),
            "unnumbered": Entry.objects.filter(number__isnull=True).count(),
            "waiting": Notice.objects.open().count(),
            "exchange": exchange.waits() if exchange.is_on() else None,
            "embedded": settings.EMBEDDED,
            "public_page": settings.PUBLIC_DEMAND_PAGE,
            "public_hours": settings.PUBLIC_RECEPTION_PAGE,
            "backups": settings.BACKUP_KEEP,
            "copies": NightlyJob.objects.filter(name="copy").first() if copying.is_wanted() else None,
            "recipients": len(settings.BACKUP_RECIPIENTS),
            "rehearsal": rehearsal.last(),
            "unrehearsed": any(alarm.code == "restore_unrehearsed" for alarm in alarms),
            "is_alone": replication().is_alone,
            "now": now,
        }

    def _kept_alarms(self, now):
        """(how many wait outside the database, since when), or None."""
        count, age = storage.count_and_age(now)
        return (count, now - timedelta(seconds=age)) if count else None

    def _nights(self):
        """Each nightly job in words, its row (none where it has not begun yet), and how far it is now."""
        rows = {row.name: row for row in NightlyJob.objects.all()}
        live = live_by_kind(nightly.LONG)
        return [
            (name, NIGHTLY_WORDS.get(name, name), rows.get(name), live.get(name)) for name in nightly.JOBS
        ]
