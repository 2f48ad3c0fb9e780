"""Every kind of problem and note, at its line, and the plan that ships, which has none but one."""

import ast
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from journal.kinds import KINDS
from plans.checks import documents
from plans.checks.documents import Vocabulary, check
from tests.plans.conftest import CITY_FILE, SMALL

WORDS = Vocabulary(
    kinds=frozenset(KINDS),
    posts=frozenset({"director", "office_head", "deputy_director"}),
    tiers=frozenset({"city", "county", "township"}),
    effects=frozenset({"signoff.escalate", "order.chase"}),
)


def found(text, severity="problem"):
    return [(p.line, p.path, p.message) for p in check(text, WORDS).problems if p.severity == severity]


def test_small_plan_is_clean(small):
    assert check(small(), WORDS).problems == []
    assert check(small(), WORDS).is_loadable


def test_shipped_city_plan_has_one_note():
    from accounts.choices import PostKind, Tier

    words = WORDS._replace(posts=frozenset(PostKind.values), tiers=frozenset(Tier.values))

    problems = check(CITY_FILE.read_bytes(), words).problems

    assert [(p.severity, p.path, p.message) for p in problems] == [
        ("note", "source", "The source is incomplete: it breaks off at §4.2(4).")
    ]


HIGH = "match: {any_of: [{fact: headcount, gte: 10, cite: §1}]}"
LOW = "match: {any_of: [{fact: headcount, between: [1, 9], cite: §1}]}"
FLOOR = "{when: {fact: life_risk, not_empty: true}, level: high, origin: proposal}"
CLOCK = "start: warning.signed, stop: warning.lifted, duration: PT3M"


@pytest.mark.parametrize(
    ("old", "new", "line", "path", "message"),
    [
        # readable?
        ("version: 1", "version: 1\nversion: 2", 4, "version", "“version” is given twice"),
        ("version: 1", "version: &a 1", 3, "version", "Anchors"),
        # the right shape?
        ("id: small-plan\n", "", 1, "", "“id” is missing"),
        ("id: small-plan", "id: Small Plan", 2, "id", "does not have the right form"),
        ("schema: icd.plan/1", "schema: icd.plan/9", 1, "schema", "must be one of: icd.plan/1"),
        ("version: 1", "version: 0", 3, "version", "minimum 1"),
        ("version: 1", "version: one", 3, "version", "of the kind “integer”"),
        ("    rank: 1\n", "", 14, "levels[0]", "“rank” is missing"),
        ("    rank: 1\n", "    rank: 1\n    signatry: x\n", 16, "levels[0].signatry", "“signatry” is not known here"),
        ("duration: PT3M", "duration: three minutes", 27, "clocks[0].duration", "is not a duration"),
        ("duration: PT3M", "duration: PT", 27, "clocks[0].duration", "is not a duration"),
        ("duration: PT3M", "duration: PT0M", 27, "clocks[0].duration", "is not a duration"),
        ("between: [1, 9]", "between: [1]", 24, "levels[1].match.any_of[0].between", "minItems 2"),
        ("between: [1, 9]", "between: [1, nine]", 24, "levels[1].match.any_of[0].between[1]", "“integer”"),
        ("gte: 10", "gte: -1", 18, "levels[0].match.any_of[0].gte", "minimum 0"),
        # conditions
        (HIGH, "match: {any_of: [{fact: crowd, gte: 10}]}", 18, "levels[0].match.any_of[0].fact", "no fact “crowd”"),
        (HIGH, "match: {any_of: [{gte: 10}]}", 18, "levels[0].match.any_of[0].fact", "There is no fact “”"),
        (HIGH, "match: {any_of: [{fact: headcount, over: 10}]}", 18, "levels[0].match.any_of[0].over",
         "no operator “over”"),
        (HIGH, "match: {any_of: [{fact: headcount}]}", 18, "levels[0].match.any_of[0]", "exactly one operator"),
        (HIGH, "match: {any_of: [{fact: headcount, gte: 10, between: [1, 2]}]}", 18, "levels[0].match.any_of[0]",
         "exactly one operator"),
        (HIGH, "match: {fact: headcount, gte: 10, any_of: [{fact: headcount, gte: 10}]}", 18, "levels[0].match",
         "either any_of"),
        (HIGH, "match: {any_of: [{fact: acts, gte: 1}]}", 18, "levels[0].match.any_of[0].gte", "cannot be asked"),
        (HIGH, "match: {any_of: [{fact: headcount, any_in: [ten]}]}", 18, "levels[0].match.any_of[0].any_in",
         "cannot be asked"),
        (HIGH, "match: {any_of: [{fact: acts, any_in: [dancing]}]}", 18, "levels[0].match.any_of[0].any_in",
         "“dancing” is not a value of the fact “acts”"),
        (HIGH, "match: {any_of: [{fact: urgent, eq: high}]}", 18, "levels[0].match.any_of[0].eq", "is not a value"),
        (HIGH, "match: {any_of: [{fact: crowd_tension, eq: true}]}", 18, "levels[0].match.any_of[0].eq",
         "is not a value"),
        (HIGH, "match: {any_of: [{fact: crowd_tension, eq: angry}]}", 18, "levels[0].match.any_of[0].eq",
         "is not a value"),
        (HIGH, "match: {any_of: [{fact: acts, is_empty: true}]}", 18, "levels[0].match.any_of[0].is_empty",
         "Only the default level may ask that something is absent"),
        (HIGH, "match: {any_of: [{fact: urgent, eq: false}]}", 18, "levels[0].match.any_of[0].eq",
         "Only the default level"),
        ("between: [1, 9]", "between: [9, 1]", 24, "levels[1].match.any_of[0].between", "lower bound 9 is above"),
        ("{fact: life_risk, not_empty: true}", "{fact: life_risk, is_empty: true}", 12,
         "level_policy.floors[0].when.is_empty", "Only the default level"),
        # levels
        ("rank: 2", "rank: 1", 21, "levels[1].rank", "The rank 1 is given to two levels"),
        ("default_level: low", "default_level: lowest", 10, "level_policy.default_level", "no level “lowest”"),
        ("default_level: low", "default_level: high", 10, "level_policy.default_level", "must be the lowest one"),
        ("  default_level: low\n", "", 9, "level_policy", "needs a default_level"),
        (FLOOR, FLOOR.replace("level: high", "level: top"), 12, "level_policy.floors[0].level", "no level “top”"),
        # roles
        ("signatory: {role: chief}", "signatory: {role: boss}", 19, "levels[0].signatory.role",
         "“boss” has no entry in the plan's roles table"),
        ("signatory: {role: chief}", "signatory: {role: chief, where_absent: boss}", 19,
         "levels[0].signatory.where_absent", "“boss” has no entry"),
        ("signatory: {role: chief}", "signatory: {role: chief}\n    recipients: {phone: [head, boss]}", 20,
         "levels[0].recipients.phone[1]", "“boss” has no entry"),
        ("     role: head, cite: §2}", "     role: [head, boss], cite: §2}", 28, "clocks[0].role[1]", "no entry"),
        ("post: director, ", "", 8, "roles.chief", "needs a post"),
        ("post: director", "post: king", 8, "roles.chief.post", "no kind of post “king”"),
        ("tier: county", "tier: empire", 8, "roles.chief.tier", "no tier “empire”"),
        # clocks
        (CLOCK, f'{CLOCK}, window: {{from: "2026-03-10", to: "2026-03-09"}}', 27, "clocks[0].window", "before it begins"),
        (CLOCK, f'{CLOCK}, window: {{from: "2026-02-30", to: "2026-03-09"}}', 27, "clocks[0].window", "is not a day"),
        (CLOCK, f'{CLOCK}, cutoff: {{at: "24:00", lock: soon}}', 27, "clocks[0].cutoff.lock", "not a duration"),
        (CLOCK, f"{CLOCK}, ask_days: sundays", 27, "clocks[0].ask_days", "must be one of"),
        ("stop: warning.lifted", "stop: warning.evaporated", 27, "clocks[0].stop", "kind “warning.evaporated”"),
        ("start: warning.signed", "start: warning.imagined", 27, "clocks[0].start", "kind “warning.imagined”"),
        (CLOCK, f"{CLOCK}, when_level: top", 27, "clocks[0].when_level", "no level “top”"),
        (CLOCK, f"{CLOCK}, effect: signoff.escalate", 27, "clocks[0]", "must say to whom"),
        (CLOCK, "start: warning.signed, stop: warning.lifted", 27, "clocks[0]", "“duration” is missing"),
        (CLOCK, "start: warning.signed, duration: PT3M", 27, "clocks[0]", "“stop” is missing"),
        ("clocks:\n", "clocks:\n  - {id: S-1, recurrence: daily, role: head, cite: §3}\n", 28, "clocks[1].id",
         "“S-1” is used twice"),
    ],
)  # fmt: skip
def test_problem_stops_the_loading_and_stands_at_its_line(small, old, new, line, path, message):
    problems = found(small(old, new))

    assert len(problems) == 1, problems
    assert problems[0][:2] == (line, path)
    assert message in problems[0][2]
    assert not check(small(old, new), WORDS).is_loadable


@pytest.mark.parametrize(
    ("old", "new", "path", "message"),
    [
        ("gte: 10", "gte: 11", "levels", "headcount of 10:"),
        ("gte: 10", "gte: 14", "levels", "headcount of 10, 11, 12, 13:"),
        ("gte: 10", "gte: 60", "levels", "headcount of 10–59:"),
        ("gte: 10", "between: [10, 12]", "levels", "headcount of ≥ 13:"),
        ("between: [1, 9]", "between: [3, 9]", "levels", "headcount of 1, 2:"),
        ("gte: 10", "gte: 9", "levels", "headcount of 9 belongs to more than one level (high, low)"),
        ("gte: 10", "gte: 8", "levels", "headcount of 8, 9 belongs"),
        ("match: {any_of: [{fact: headcount, gte: 10, cite: §1}]}", "match: {any_of: [{fact: headcount, gte: 10}]}",
         "levels[0].match.any_of[0]", "limb has no citation"),
        ("role: head, cite: §2}", "role: head}", "clocks[0]", "“S-1” has no citation"),
        ("duration: PT3M", "duration: unspecified", "clocks[0].duration", "“S-1” has no figure"),
        ("duration: PT3M", "duration: timely", "clocks[0].duration", "“S-1” has no figure"),
        ("source: {complete: true}", "source: {complete: false, truncated_at: §9}", "source", "breaks off at §9"),
        ("    signatory: {role: chief}\n", "", "levels[0]", "Nobody is named who signs the level “high”"),
        ("version: 1\n", "version: 1\nfootnotes: [a]\n", "footnotes", "“footnotes” is not a section"),
        ("{zh: 三分钟, en: Three minutes", "{zh: 三分钟", "clocks[0]", ""),
        ("    en: High\n", "", "levels[0]", "1 levels, clocks, roles or squads have no words in “en”"),
        ("{zh: 小预案, en: Small plan}", "{zh: 小预案, en: Small, neat plan}", "title.neat plan", "cut off by the comma"),
        ("  chief:", "  spare: {zh: 备, en: Spare, post: director}\n  chief:", "roles.spare", "is not used"),
    ],
)  # fmt: skip
def test_note_does_not_stop_the_loading(small, old, new, path, message):
    if old.startswith("{zh: 三分钟"):
        old, new = "zh: 三分钟, en: Three minutes", "zh: 三分钟"
    text = small(old, new)

    notes = [note for note in found(text, "note") if note[1] == path]

    assert any(message in note[2] for note in notes), found(text, "note")
    assert check(text, WORDS).is_loadable


def test_plan_without_a_roles_table_is_only_noted(small):
    text = small("""roles:
  head: {zh: 所长, en: Head, post: office_head, tier: township}
  chief: {zh: 局长, en: Chief, post: director, tier: county}
""")

    notes = found(text, "note")

    assert found(text) == []
    assert [message for _, _, message in notes if "roles table" in message]


def test_unknown_handling_tier(small):
    text = small("    rank: 1\n", "    rank: 1\n    handling_tier: nowhere\n")
    text = text.replace("roles:\n", "handling_tiers: {local: {zh: 属地, en: Local}}\nroles:\n")

    assert found(text) == [(17, "levels[0].handling_tier", "“nowhere” is not in handling_tiers.")]


def test_two_levels_of_one_id(small):
    problems = found(small("  - id: low", "  - id: high"))

    assert (20, "levels[1].id", "The level id “high” is used twice.") in problems


def test_all_problems_are_reported_at_once_and_in_order(small):
    text = small("stop: warning.lifted", "stop: warning.evaporated").replace("post: director", "post: king")

    assert [line for line, _, _ in found(text)] == [8, 27]


def test_headcount_bounds_beyond_reason_do_not_take_time(small):
    text = small("gte: 10", "gte: 999999999999")

    assert "10–999999999998" in found(text, "note")[0][2]


@pytest.mark.parametrize("text", ["- a\n- b", "just words", "5", "null", "true"])
def test_a_plan_is_a_list_of_sections(text):
    assert found(text) == [(1, "", "A plan is a list of named sections.")]


def test_unreadable_plan_gives_one_problem_and_no_document():
    checked = check("a: [1", WORDS)

    assert checked.document is None
    assert len(checked.problems) == 1
    assert not checked.is_loadable


@given(
    st.integers(0, SMALL.count("\n")),
    st.sampled_from(["", "- x", "  y: 1", "z: {", "levels: 5", "rank: [", "\t"]),
)
@settings(max_examples=200)
def test_a_damaged_line_is_a_problem_or_harmless_never_a_crash(number, new):
    lines = SMALL.split("\n")
    lines[number] = new

    for problem in check("\n".join(lines), WORDS).problems:
        assert problem.line >= 1
        assert "%(" not in problem.message


@given(st.data())
@settings(max_examples=200)
def test_a_section_of_the_wrong_kind_is_a_problem_never_a_crash(data):
    import yaml

    document = yaml.safe_load(SMALL)
    part = data.draw(st.sampled_from(sorted(documents._validator().schema["properties"])))
    document[part] = data.draw(st.sampled_from([None, 5, "x", [], {}, [5], [{}], {"a": 5}, [[1]], True]))

    assert isinstance(check(yaml.safe_dump(document, allow_unicode=True), WORDS).problems, list)


def test_every_sentence_has_a_chinese_translation():
    polib = pytest.importorskip("polib")
    root = Path(documents.__file__).parents[1]
    catalogue = polib.pofile(str(root.parent / "locale" / "plans" / "zh_Hans" / "LC_MESSAGES" / "django.po"))
    translated = {entry.msgid for entry in catalogue if entry.msgstr}
    sentences = {sentence for file in ("document/strict_yaml.py", "checks/documents.py", "checks/consistency.py", "checks/criteria.py")
                 for sentence in _sentences((root / file).read_text("utf-8"))}  # fmt: skip

    assert len(sentences) > 40
    assert sentences - translated == set()


def _sentences(source):
    """The texts given to problem(), note() and Unreadable()."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") in (
            "problem",
            "note",
            "Unreadable",
            "_unique",
        ):
            for argument in node.args:
                if (
                    isinstance(argument, ast.Constant)
                    and isinstance(argument.value, str)
                    and argument.value.endswith(".")
                ):
                    yield argument.value
        if (
            isinstance(node, ast.Assign)
            and isinstance(node.value, ast.Constant)
            and str(node.value.value).endswith(".")
        ):
            yield node.value.value
