"""The check a clerk uses: what this bureau lacks, conditions that never matter, hostile files; the page and the command."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command

from accounts.models import Post
from plans.checks.documents import check
from plans.checks.staffing import check_here, posts_of
from plans.document.strict_yaml import MAX_BYTES
from plans.lifecycle.actions import vocabulary_at

HIGH = "match: {any_of: [{fact: headcount, gte: 10, cite: §1}]}"
LOW = "match: {any_of: [{fact: headcount, between: [1, 9], cite: §1}]}"
FLOOR = "{when: {fact: life_risk, not_empty: true}, level: high, origin: proposal}"


def said(checked, severity):
    return [(p.line, p.path, p.message) for p in checked.problems if p.severity == severity]


@pytest.mark.parametrize(
    ("limb", "clash"),
    [
        ("{all_of: [{fact: headcount, between: [1, 5]}, {fact: headcount, gte: 10}], cite: §1}", True),
        ("{all_of: [{fact: crowd_tension, eq: calm}, {fact: crowd_tension, eq: heated}], cite: §1}", True),
        ("{all_of: [{fact: headcount, gte: 5}, {fact: headcount, between: [5, 9]}], cite: §1}", False),
        ("{all_of: [{fact: acts, any_in: [banner]}, {fact: acts, any_in: [sit_in]}], cite: §1}", False),
    ],
)
def test_a_limb_whose_parts_exclude_each_other_is_a_problem(small, limb, clash):
    text = small(HIGH, f"match: {{any_of: [{limb}, {{fact: headcount, gte: 10, cite: §1}}]}}")

    found = [entry for entry in said(check(text, vocabulary_at()), "problem") if "never hold" in entry[2]]

    assert [entry[:2] for entry in found] == ([(18, "levels[0].match.any_of[0]")] if clash else [])


@pytest.mark.parametrize(
    ("limb", "shadowed"),
    [
        ("{fact: headcount, gte: 12, cite: §1}", True),
        ("{fact: headcount, between: [20, 30], cite: §1}", True),
        ("{fact: life_risk, any_in: [suicide_threat], cite: §1}", True),
        ("{all_of: [{fact: headcount, gte: 15}, {fact: urgent, eq: true}], cite: §1}", True),
        ("{fact: headcount, gte: 5, cite: §1}", False),
        ("{fact: acts, any_in: [banner], cite: §1}", False),
    ],
)
def test_a_limb_that_never_decides_is_noted(small, limb, shadowed):
    text = small(LOW, f"match: {{any_of: [{limb}, {{fact: headcount, between: [1, 9], cite: §1}}]}}")

    found = [entry for entry in said(check(text, vocabulary_at()), "note") if "never decides" in entry[2]]

    assert [entry[:2] for entry in found] == ([(24, "levels[1].match.any_of[0]")] if shadowed else [])


@pytest.mark.django_db
def test_a_level_that_nobody_can_sign_here_is_a_problem(small, cast):
    assert said(check_here(small(), vocabulary_at()), "problem") == []
    Post.objects.filter(kind="director").update(kind="clerk")

    found = said(check_here(small(), vocabulary_at()), "problem")

    assert [(line, path) for line, path, _ in found] == [(14, "levels[0]")]
    assert "Nobody can sign the level “high” in this bureau: there is no post for chief." in found[0][2]


@pytest.mark.django_db
def test_a_clock_whose_role_has_no_post_here_is_noted(small, cast):
    text = small(
        "  chief:", "  expert: {zh: 专家, en: Expert, post: expert, tier: village}\n  chief:"
    ).replace("role: head, cite: §2}", "role: [head, expert], cite: §2}")

    assert any(
        "“S-1” is owed by “expert”" in message
        for _, _, message in said(check_here(text, vocabulary_at()), "note")
    )


@pytest.mark.django_db
def test_an_empty_bureau_lacks_nothing_and_an_owner_sees_its_own_lines(small, django_assert_num_queries):
    assert posts_of() == set()
    assert said(check_here(small(), vocabulary_at()), "problem") == []


def test_an_owner_counts_what_is_at_below_and_above(units):
    assert ("director", "city") in posts_of(units["C1"])
    assert ("office_head", "township") in posts_of(units["C1"])
    assert ("informant", "village") in posts_of(units["T11"])


def test_every_plan_of_the_library_can_be_carried_out_in_the_demo_bureau(cast, settings):
    for file in sorted((settings.BASE_DIR / "plans/library").glob("*.yaml")):
        assert said(check_here(file.read_bytes(), vocabulary_at()), "problem") == [], file.name


# --- the page ------------------------------------------------------------------------------------------------

BOMB = "a: &a [x,x]\nb: &b [*a,*a]\nc: [*b,*b]\n"
HOSTILE = [
    (BOMB.encode(), "第 1 行", "不允许"),
    (b"schema: !!python/object/apply:os.system ['true']\n", "第 1 行", "标签"),
    ("id: 中文".encode("gb18030"), "第 1 行", "UTF-8"),
    (b"x" * (10 * 1024 * 1024), "第 1 行", "KB"),
    (b"a: [" * 200, "第 1 行", ""),
    (b"\x00\x01", "第 1 行", ""),
    (b"<script>alert(1)</script>", "第 1 行", ""),
]


@pytest.mark.parametrize(("raw", "line", "sentence"), HOSTILE)
def test_a_hostile_file_is_refused_with_a_sentence(signed_in, raw, line, sentence):
    page = signed_in("village111.informant").post(
        "/plans/check/", {"file": SimpleUploadedFile("plan.yaml", raw)}
    )

    text = page.content.decode()
    assert page.status_code == 422
    assert line in text
    assert sentence in text
    assert "<script>alert" not in text


def test_a_pasted_plan_is_checked_and_kept_in_the_form(signed_in, small):
    browser = signed_in("village111.informant")

    broken = browser.post("/plans/check/", {"text": small("gte: 10", "over: 10")})
    sound = browser.post("/plans/check/", {"text": small()})

    assert broken.status_code == 422
    assert "第 18 行" in broken.content.decode()
    assert "levels[0].match.any_of[0].over" in broken.content.decode()
    assert "id: small-plan" in broken.content.decode()
    assert sound.status_code == 200
    assert "预案可以载入" in sound.content.decode()


def test_nothing_handed_in_is_said(signed_in):
    assert signed_in("county1.duty").post("/plans/check/", {}).status_code == 422


def test_a_file_is_read_no_further_than_its_limit(signed_in):
    from plans.lifecycle.forms import CheckForm

    form = CheckForm({}, {"file": SimpleUploadedFile("plan.yaml", b"x" * (MAX_BYTES * 3))})
    assert form.is_valid()
    assert len(form.plan_text()) == MAX_BYTES + 1


@pytest.mark.django_db
def test_the_command_looks_at_this_bureau(small, cast, tmp_path, capsys):
    file = tmp_path / "plan.yaml"
    file.write_text(small(), encoding="utf-8")
    call_command("check_plan", str(file))
    Post.objects.filter(kind="director").update(kind="clerk")

    with pytest.raises(CommandError):
        call_command("check_plan", str(file))

    assert f"{file}:14:" in capsys.readouterr().out
