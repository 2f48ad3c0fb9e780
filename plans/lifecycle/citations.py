"""Where a sentence comes from, as people read it: a clause of another plan names that plan by its title.

A plan cites its own clauses ("§10.5"), the law in words, and other plans by their id ("cn-jintan-campaign-004 §10.5"),
for an id stays what it is in every language. Readers never see it.
"""

import re
from functools import cache
from pathlib import Path

from django.utils.translation import get_language

from plans.document import strict_yaml
from plans.document.words import Words, named
from plans.lifecycle.models import Plan

LIBRARY = Path(__file__).parents[1] / "library"
#: "cn-jintan-campaign-004", with the version where one is meant ("…@3"): three words or more, in lower case.
PLAN_ID = re.compile(r"(?<![\w-])[a-z][a-z0-9]*(?:-[a-z0-9]+){2,}(?:@(?P<version>\d+))?(?![\w-])")
_ANOTHER = Words("另一份预案", "another plan")


def in_words(cite: str) -> Words:
    """A citation, or "id@version", in both languages. No query where it names no plan, nor for one of the library."""
    if not (found := PLAN_ID.search(cite)):
        return Words(cite, cite)
    plan_id = found[0].partition("@")[0]
    zh, en = _title(plan_id)
    if number := found["version"]:
        zh, en = f"{zh}第{number}版", f"{en}, version {number}"
    before, after = cite[: found.start()], cite[found.end() :]
    return Words(f"{before}{zh}{after}", f"{before}{en}{after}")


def cited(cite: str) -> str:
    """The same in the reader's language."""
    return in_words(str(cite or "")).in_language(get_language())


def _title(plan_id: str) -> Words:
    title = _shipped().get(plan_id) or _stored(plan_id)
    return Words(f"《{title.zh}》", f"“{title.en}”") if title else _ANOTHER


def _stored(plan_id: str) -> Words | None:
    row = Plan.objects.filter(plan_id=plan_id).values_list("title_zh", "title_en").first()
    return Words(row[0], row[1] or row[0]) if row else None


@cache
def _shipped() -> dict[str, Words]:
    """The library's own: what it cites need not be loaded here."""
    # Their heads alone: a whole plan takes a hundred times as long to read.
    texts = [path.read_bytes().partition(b"\nsource:")[0] for path in sorted(LIBRARY.glob("*.yaml"))]
    heads = [strict_yaml.read(text).value for text in texts]
    return {head["id"]: named({"id": head["id"], **head["title"]}) for head in heads}
