"""What a version of a plan says, line by line. Pure.

A line has a key that stays the same between versions, what it is about, and what it says. What no section has
words for stands under "rest" as it is written, so that nothing a version says is passed over.
"""

from collections.abc import Iterator, Mapping

from plans.document.sections import actions_for, checklists_of, clocks_of, role_of, squads_of
from plans.document.words import Words, joined, words
from plans.engine.conditions import classes_of, rule_in_words
from plans.engine.evaluation import Document, Level, criteria_of, levels_of
from plans.engine.facts import same
from plans.lifecycle.citations import in_words
from plans.versions.display import DisplayLine, keyed, plain
from plans.versions.phrases import duration_words, kind_words
from plans.versions.rest import rest_of

_ADDED_BY_BUREAU = Words("（本局补充）", " (added by the bureau)")


def lines_by_section(document: Document) -> dict[str, list[DisplayLine]]:
    return {
        "head": list(_head(document)),
        "levels": list(_levels(document)),
        "floors": list(_floors(document)),
        "signatories": list(_signatories(document)),
        "recipients": list(_recipients(document)),
        "roles": list(_roles(document)),
        "clocks": list(_clocks(document)),
        "squads": list(_squads(document)),
        "checklists": list(_checklists(document)),
        "alarm": list(_alarm(document)),
        "rest": list(rest_of(document)),
    }


def _head(document: Document) -> Iterator[DisplayLine]:
    yield DisplayLine("title", Words("标题", "Title"), words(document["title"]))
    for key, value in document.get("source", {}).items():
        yield DisplayLine(f"source.{key}", Words(f"来源：{key}", f"Source: {key}"), plain(value))


def _levels(document: Document) -> Iterator[DisplayLine]:
    classes = classes_of(document)
    limbs = (
        [criterion for criterion in criteria_of(document) if criterion.kind == "limb"]
        if _has_levels(document)
        else []
    )
    for level, entry in _level_entries(document):
        yield DisplayLine(
            f"{level.id}",
            level.words,
            _beside(level.words, same(" ".join(filter(None, [str(level.rank), level.roman, level.tone])))),
        )
        if entry.get("text"):
            yield DisplayLine(f"{level.id}.text", _of(level, Words("原文", "wording")), words(entry["text"]))
        if level.handling_tier:
            tier = document.get("handling_tiers", {}).get(level.handling_tier)
            yield DisplayLine(f"{level.id}.tier", _of(level, Words("处置层级", "handling")),
                       words(tier) if tier else same(level.handling_tier))  # fmt: skip
        mine = [limb for limb in limbs if limb.level == level.id]
        for key, limb in keyed([(_shape(limb.when), limb) for limb in mine]):
            yield DisplayLine(f"{level.id}.limb.{key}", _of(level, Words("标准", "criterion")),
                       _cited(rule_in_words(limb.when, classes), limb.cite, limb.origin))  # fmt: skip
            if limb.why.zh:
                yield DisplayLine(
                    f"{level.id}.why.{key}",
                    _of(level, Words("标准的理由", "reason of the criterion")),
                    limb.why,
                )


def _shape(when: Mapping) -> str:
    """What a limb asks about, without its figures: 6–20 changed to 8–20 is one limb changed, not two."""
    parts = when.get("any_of") or when.get("all_of")
    if parts:
        return "+".join(_shape(part) for part in parts)
    return str(when.get("fact"))


def _floors(document: Document) -> Iterator[DisplayLine]:
    policy, classes = document.get("level_policy", {}), classes_of(document)
    named_levels = {level.id: level.words for level in _all_levels(document)}
    for key, floor in keyed([(_shape(floor["when"]), floor) for floor in policy.get("floors", ())]):
        said = rule_in_words(floor["when"], classes)
        rule = _cited(said, floor.get("cite", ""), floor.get("origin", "source"))
        leads_to = named_levels.get(floor["level"], same(floor["level"]))
        yield DisplayLine(f"floor.{key}", Words("底线", "Floor"), joined([rule, leads_to], " → ", " → "))
        if floor.get("why"):
            yield DisplayLine(
                f"floor.{key}.why", Words("底线的理由", "Reason of the floor"), words(floor["why"])
            )
    if default := policy.get("default_level"):
        yield DisplayLine(
            "default",
            Words("没有标准符合时", "Where nothing matches"),
            named_levels.get(default, same(default)),
        )
    if uses := policy.get("headcount_uses"):
        high = Words("取估计人数的上限", "the upper estimate") if uses == "headcount_high" else Words("取估计人数的下限", "the lower estimate")  # fmt: skip
        yield DisplayLine("uses", Words("人数", "Headcount"), high)


def _signatories(document: Document) -> Iterator[DisplayLine]:
    for level, entry in _level_entries(document):
        signatory = entry.get("signatory", {})
        for key, about in (
            ("role", Words("签发", "signed by")),
            ("where_absent", Words("没有该岗位时", "where there is none")),
        ):
            if signatory.get(key):
                yield DisplayLine(
                    f"{level.id}.{key}", _of(level, about), role_of(document, signatory[key]).words
                )
    for key, rule in document.get("signoff_rules", {}).items():
        yield DisplayLine(
            f"rule.{key}",
            Words("签发规则", "Rule of signing"),
            words(rule) if rule.get("zh") else plain(rule),
        )
        if rule.get("levels"):
            yield DisplayLine(
                f"rule.{key}.levels",
                Words("签发规则适用等级", "Rule of signing, levels"),
                plain(rule["levels"]),
            )


def _recipients(document: Document) -> Iterator[DisplayLine]:
    for level in _all_levels(document):
        told = actions_for(document, level.id)
        if told.platform:
            yield DisplayLine(
                f"{level.id}.platform",
                _of(level, Words("通知", "told")),
                Words("指挥平台", "command platform"),
            )
        for role in told.phone:
            yield DisplayLine(
                f"{level.id}.phone.{role.name}", _of(level, Words("电话通知", "by phone")), role.words
            )
        for role in told.report_to:
            yield DisplayLine(
                f"{level.id}.report.{role.name}", _of(level, Words("上报", "reported to")), role.words
            )


def _roles(document: Document) -> Iterator[DisplayLine]:
    for name in document.get("roles", {}):
        role = role_of(document, name)
        means = " · ".join(part for part in (role.kind, role.tier, role.post) if part)
        yield DisplayLine(name, role.words, _beside(role.words, same(means)))


def _clocks(document: Document) -> Iterator[DisplayLine]:
    levels = {level.id: level.words for level in _all_levels(document)}
    for line in clocks_of(document):
        yield DisplayLine(f"{line.id}", line.words, _cited(line.words, line.cite, line.origin))
        facts = {
            "from": (Words("起点", "from"), kind_words(line.start)),
            "to": (Words("终点", "to"), kind_words(line.stop)),
            "within": (Words("期限", "within"), duration_words(line.duration)),
            "cutoff": (Words("截止时刻", "cut-off"), same(line.cutoff)),
            "remind": (
                Words("催报", "reminders"),
                joined([duration_words(before) for before in line.remind.before], "、", ", "),
            ),
            "climb": (
                Words("逾期催办", "silence climbs to"),
                joined(
                    [
                        joined([role_of(document, step.role).words, duration_words(step.after)], " ", " ")
                        for step in line.remind.climb
                    ],
                    "、",
                    ", ",
                ),
            ),
            "asks": (Words("报送单位", "asked of"), same(line.asks)),
            "parts": (
                Words("报告组成", "parts of the report"),
                same(" ".join([*line.written.parts, line.written.lines]).strip() if line.written else ""),
            ),
            "by": (
                Words("责任人", "by"),
                joined([role_of(document, name).words for name in line.roles], "、", ", "),
            ),
            "level": (Words("适用等级", "level"), levels.get(line.when_level, same(line.when_level))),
            "effect": (Words("超时后", "when late"), same(" ".join(filter(None, [line.effect, line.to])))),
            "per": (Words("计时对象", "counted for"), same(line.per if line.per != "subject" else "")),
            "note": (Words("说明", "note"), line.note),
        }
        for key, (about, says) in facts.items():
            if says.zh:
                yield DisplayLine(f"{line.id}.{key}", joined([line.words, about], "：", ": "), says)


def _squads(document: Document) -> Iterator[DisplayLine]:
    for squad in squads_of(document):
        yield DisplayLine(squad.id, squad.words, _cited(squad.words, squad.cite, "source"))
        for about, lines in ((Words("职责", "duty"), squad.duties), (Words("组成", "member"), squad.composition),
                             (Words("不承担", "not done"), squad.excluded_duties)):  # fmt: skip
            for line in lines:
                yield DisplayLine(
                    f"{squad.id}.{about.en}.{line.zh}", joined([squad.words, about], "：", ": "), line
                )


def _checklists(document: Document) -> Iterator[DisplayLine]:
    for checklist in checklists_of(document):
        yield DisplayLine(checklist.id, Words("清单", "Checklist"), checklist.words)
        for item in checklist.items:
            yield DisplayLine(f"{checklist.id}.{item.id}", joined([checklist.words, same(item.id)], "：", ": "),
                       _cited(item.words, item.cite, "source"))  # fmt: skip


def _alarm(document: Document) -> Iterator[DisplayLine]:
    labels = {"notify": Words("接到警报即通知", "Told of every alarm"), "life_safety": Words("有生命危险时通知", "Told where a life is at risk")}  # fmt: skip
    for key, about in labels.items():
        for name in document.get("alarm", {}).get(key, ()):
            yield DisplayLine(f"{key}.{name}", about, role_of(document, name).words)
    for what, duration in document.get("orders", {}).get("arrive_within", {}).items():
        yield DisplayLine(
            f"arrive.{what}", Words(f"到场时限：{what}", f"Arrival: {what}"), duration_words(duration)
        )


# --- how lines are said --------------------------------------------------------------------------------------


def _has_levels(document: Document) -> bool:
    return bool(document.get("levels"))


def _all_levels(document: Document) -> list[Level]:
    return levels_of(document) if _has_levels(document) else []


def _level_entries(document: Document) -> Iterator[tuple[Level, Mapping]]:
    entries = {entry["id"]: entry for entry in document.get("levels", ())}
    for level in _all_levels(document):
        yield level, entries[level.id]


def _of(level: Level, about: Words) -> Words:
    return Words(f"{level.zh}：{about.zh}", f"{level.en}: {about.en}")


def _beside(what: Words, more: Words) -> Words:
    return Words(f"{what.zh}（{more.zh}）", f"{what.en} ({more.en})") if more.zh else what


def _cited(what: Words, cite: str, origin: str) -> Words:
    source = in_words(cite)
    said = Words(f"{what.zh} {source.zh}".strip(), f"{what.en} {source.en}".strip())
    return joined([said, _ADDED_BY_BUREAU], "", "") if origin == "proposal" else said
