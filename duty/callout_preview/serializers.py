"""What goes back over the API. No telephone number: the directory gives those to whom may see them."""

from django.utils.translation import get_language

from duty.callout_preview.choices import Break
from duty.callout_preview.results import Answer, Broken, Told, Wave


def answer(found: Answer) -> dict:
    return {
        "unit": found.unit.code,
        "level": found.level or None,
        "at": found.at,
        "plan": {"id": found.version.plan.plan_id, "version": found.version.version},
        "needs_each": found.needs_each,
        "waves": [_wave(wave) for wave in found.waves],
        "report_to": [role.words.in_language(get_language()) for role in found.outside],
    }


def _wave(wave: Wave) -> dict:
    return {
        "moment": str(wave.moment),
        "what": str(wave.what),
        "after_seconds": int(wave.after.total_seconds()),
        "people": [_told(told) for told in wave.people],
        "breaks": [_broken(broken) for broken in wave.breaks],
    }


def _told(told: Told) -> dict:
    return {
        "username": told.person.username,
        "name": str(told.person),
        "post": told.post,
        "instead_of": told.instead_of or None,
        "channels": [
            {
                "channel": str(way.channel),
                "after_seconds": int(way.after.total_seconds()),
                "lack": str(way.lack) or None,
            }
            for way in told.ways
        ],
    }


def _broken(broken: Broken) -> dict:
    about = broken.about if isinstance(broken.about, str) else broken.about.in_language(get_language())
    return {"why": str(broken.why), "about": about or None, "sentence": str(Break(broken.why).label)}
