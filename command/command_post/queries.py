"""The command post of a response as it stands now, from plan, posts and roster. Nothing is stored."""

from collections.abc import Sequence
from datetime import datetime
from functools import cached_property

from accounts.models import Unit
from accounts.queries import Holder
from command.activation.models import Response
from command.command_post.rules import CommandPost, Contact, Member, form_post
from plans.document.response import organisation_of
from plans.document.sections import Role, role_of
from plans.engine.evaluation import Document
from plans.people.holders import Bench
from resources.partners.models import Partner
from resources.partners.queries import partners_serving


def post_of(response: Response, bench: Bench) -> CommandPost:
    """Who sits where now, of a bench that was read with skills. One query beside the bench's own, whatever the plan asks for."""
    document = response.plan.document
    return form_post(organisation_of(document, response.level), _Bench(document, bench, response.unit))


def bench_of(response: Response, now: datetime) -> Bench:
    """Who holds what there, with what each is by profession (one query)."""
    return Bench(response.unit, now, with_skills=True)


class _Bench:
    """The sources of a post: who holds what at the incident's unit and above it."""

    def __init__(self, document: Document, bench: Bench, unit: Unit):
        self._document, self._bench, self._unit = document, bench, unit

    def role(self, name: str) -> Role:
        return role_of(self._document, name)

    def holders(self, role: Role) -> Sequence[Member]:
        return [self._member(holder) for holder in self._bench.holders(role)]

    def squad(self, squad_id: str) -> Sequence[Member]:
        return [self._member(holder) for holder in self._bench.squad(squad_id)]

    def has_tier(self, tier: str) -> bool:
        return self._bench.has_tier(tier)

    def partners(self, kind: str) -> Sequence[Contact]:
        """Who of the kind is in the directory for this unit, with the telephone of its duty room."""
        return [Contact(one.name, one.phone) for one in self._serving if one.kind == kind]

    @cached_property
    def _serving(self) -> list[Partner]:
        return partners_serving(self._unit)

    def _member(self, holder: Holder) -> Member:
        person, post = holder.person, holder.post
        skills = tuple(sorted(self._bench.skills.get(person.pk, ())))
        return Member(person.username, str(person), str(post), post.pk, holder.held_as, skills)
