"""Can this bureau carry the plan out? A level that nobody could sign here, a clock whose role has no post."""

from collections.abc import Iterator, Mapping

from accounts.models import Post, Unit
from common.database.paths import prefixes
from plans.checks import documents
from plans.checks.documents import Checked
from plans.checks.findings import Finding, Vocabulary, note, problem
from plans.document.sections import Role, actions_for, clocks_of, role_of

Posts = set[tuple[str, str]]


def check_here(text: str | bytes, vocabulary: Vocabulary, owner: Unit | None = None) -> Checked:
    """The check of a plan together with what this bureau lacks for it (one query; nothing in an empty bureau)."""
    checked = documents.check(text, vocabulary)
    if not checked.is_loadable or checked.document is None:
        return checked
    return documents.with_findings(text, checked, findings(checked.document, posts_of(owner)))


def posts_of(owner: Unit | None = None) -> Posts:
    """(kind of post, tier of its unit) of every open post at, above and below the owner."""
    posts = Post.objects.filter(closed_at__isnull=True)
    if owner is not None:
        posts = posts.filter(unit__path__under=owner.path) | posts.filter(unit__path__in=prefixes(owner.path))
    return set(posts.order_by().values_list("kind", "unit__tier").distinct())


def findings(document: Mapping, posts: Posts) -> Iterator[Finding]:
    if not posts or "roles" not in document or document.get("kind") == "statutory_overlay":
        return
    for index, level in enumerate(document.get("levels", ())):
        actions = actions_for(document, level["id"])
        roles = [*actions.signatories, *([actions.where_absent] if actions.where_absent else [])]
        outside = any(role.kind in ("external", "local") for role in roles)
        if roles and not outside and not any(_is_there(role, posts) for role in roles):
            yield problem(f"levels[{index}]", "Nobody can sign the level “%(level)s” in this bureau: there is no post "
                          "for %(roles)s.", level=level["id"], roles=", ".join(role.name for role in roles))  # fmt: skip
    for index, clock in enumerate(clocks_of(document)):
        for name in clock.roles:
            role = role_of(document, name)
            if role.kind == "body" or (role.kind == "post" and not _is_there(role, posts)):
                yield note(f"clocks[{index}]", "The clock “%(clock)s” is owed by “%(role)s”, for whom there is no post "
                           "here: it runs, and nobody is reminded by name.", clock=clock.id, role=name)  # fmt: skip


def _is_there(role: Role, posts: Posts) -> bool:
    return any(kind == role.post and role.tier in ("", tier) for kind, tier in posts)
