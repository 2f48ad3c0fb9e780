"""No reader sees the id of a plan: a clause of another plan names that plan."""

import re
from pathlib import Path

import pytest
import yaml
from django.conf import settings
from django.utils.translation import override

from plans.lifecycle.citations import LIBRARY, PLAN_ID, cited, in_words
from plans.lifecycle.models import Plan

CAMPAIGN = "cn-jintan-campaign-004"
#: Pages that are about the files of plans: there the id is the name of the thing.
ABOUT_FILES = {"plans"}
#: What a template writes of a citation or of a version, not looked up.
RAW = re.compile(r"\{\{\s*[\w.]*\b(?:cite|citation|plan\.ref|chosen\.ref|version\.ref)\s*\}\}")


def citations_in(value):
    if isinstance(value, dict):
        for name, inner in value.items():
            if name.endswith("cite") and isinstance(inner, str):
                yield inner
            yield from citations_in(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from citations_in(inner)


def test_every_citation_of_the_library_reads_without_an_id():
    documents = [yaml.safe_load(path.read_text()) for path in sorted(LIBRARY.glob("*.yaml"))]
    found = {cite for document in documents for cite in citations_in(document)}
    naming = {cite for cite in found if PLAN_ID.search(cite)}

    assert naming == {f"{CAMPAIGN} §10.5"}
    for cite in found:
        assert not any(PLAN_ID.search(text) for text in in_words(cite))
    assert {cite for cite in found - naming if in_words(cite) != (cite, cite)} == set()


def test_a_clause_of_another_plan_names_it_in_the_readers_language():
    with override("zh-hans"):
        assert cited(f"{CAMPAIGN} §10.5") == "《金坛市司法行政系统十八大前后维稳工作制度》 §10.5"
        assert cited(f"{CAMPAIGN}@3") == "《金坛市司法行政系统十八大前后维稳工作制度》第3版"
    with override("en"):
        assert cited(f"{CAMPAIGN} §10.5").endswith("leader cases, accountability” §10.5")
        assert cited("") == cited(None) == ""


@pytest.mark.django_db
def test_a_plan_of_the_bureaus_own_is_named_and_one_that_is_not_here_is_another(
    django_assert_num_queries,
):
    Plan.objects.create(plan_id="cn-own-plan-009", title_zh="本局预案")

    with django_assert_num_queries(2):
        assert in_words("cn-own-plan-009 §1") == ("《本局预案》 §1", "“本局预案” §1")
        assert in_words("cn-lost-plan-001 §1") == ("另一份预案 §1", "another plan §1")
    with django_assert_num_queries(0):
        in_words(f"{CAMPAIGN} §10.5")
        in_words("§10.5")


def test_no_template_writes_a_citation_or_a_version_past_the_filter():
    folder = Path(settings.BASE_DIR) / "templates"
    pages = [path for path in folder.rglob("*.html") if path.relative_to(folder).parts[0] not in ABOUT_FILES]
    raw = {
        f"{path.relative_to(folder)}: {found[0]}"
        for path in pages
        for found in RAW.finditer(path.read_text())
    }

    # What a form sends back is for the product.
    assert {
        one
        for one in raw
        if 'value="' + one.partition(": ")[2] not in (folder / one.partition(": ")[0]).read_text()
    } == set()
    assert "|cited" in (folder / "plans/_cite.html").read_text()
