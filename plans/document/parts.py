"""The rest of a plan, for its page: what it says beside levels, time limits, checklists and squads.

Each part says whether the system acts on it. What is only shown is shown all the same: who reads the page must see
the whole plan, and must not take for done what nobody has built.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from django.utils.translation import get_language, gettext_noop
from django.utils.translation import gettext as _

from plans.document import chapters
from plans.document.after_action import approver_of, questions_of, remind_of_improvements
from plans.document.chapters import Sentence
from plans.document.general import (
    arrive_within,
    chase_of,
    closing_clocks,
    enough_of,
    general,
    order_clocks,
    roll_call_of,
)
from plans.document.kits import kits_of
from plans.document.measures import gates_of
from plans.document.order_templates import order_templates_of
from plans.document.packages import ON_DUTY, package_at
from plans.document.quick_fills import quick_fills_of
from plans.document.reporting import chains_of
from plans.document.response import response_rules
from plans.document.sections import categories_of, clocks_of, role_of
from plans.document.words import Words, joined, named, words
from plans.engine.evaluation import Document, levels_of
from plans.engine.facts import FACTS
from plans.versions.phrases import duration_words


@dataclass(frozen=True, slots=True)
class Part:
    id: str
    title: str
    lines: tuple[Sentence, ...]
    #: What the system does with it; empty where it is only shown.
    acts: str = ""


def parts_of(document: Document) -> list[Part]:
    """Every part that the plan has, in the order of a page."""
    found = []
    for id_, title, read, acts in _PARTS:
        if lines := tuple(read(document)):
            found.append(Part(id_, _(title), lines, _(acts) if acts else ""))
    return found + [_chapter(chapter) for chapter in chapters.chapters_of(document)]


def _chapter(chapter: chapters.Chapter) -> Part:
    return Part(f"chapter-{chapter.id}", chapter.words.in_language(get_language()), chapter.lines)


def _organisation(document: Document) -> Iterator[Sentence]:
    """Headquarters, command on site, front group, office: who leads, who belongs to it."""
    for id_, group in document.get("organisation", {}).items():
        if isinstance(group, Mapping):
            yield Sentence(
                id_,
                _with(named({**group, "id": id_}), [*_leaders(document, group), *_members(group)]),
                group.get("cite", ""),
            )


def _leaders(document: Document, group: Mapping) -> Iterator[Words]:
    for key, about in _LEADERS.items():
        value = group.get(key, ())
        names = [value] if isinstance(value, str) else list(value)
        if names:
            yield joined([about, _listed([role_of(document, name).words for name in names])], "：", ": ")


def _members(group: Mapping) -> Iterator[Words]:
    if members := [named(entry) for key in ("members", "plus") for entry in group.get(key, ())]:
        yield joined([Words("成员", "members"), _listed(members)], "：", ": ")


_LEADERS = {
    "commander": Words("指挥", "commander"), "leader": Words("组长", "leader"), "deputy": Words("副职", "deputy"),
    "deputies": Words("副职", "deputies"),
}  # fmt: skip


def _packages(document: Document) -> Iterator[Sentence]:
    """What is prepared to be sent out, at each level with what it adds."""
    squads = {one["id"]: named(one) for one in document.get("organisation", {}).get("squads", ())}
    for entry in document.get("packages", ()):
        level = next(one.words for one in levels_of(document) if one.id == entry["level"])
        for order in package_at(document, entry["level"]).orders:
            if order.level == entry["level"]:
                who = squads.get(order.squad)
                who = who or (ON_DUTY if order.duty else role_of(document, order.role).words)
                text = joined([level, who, order.words], "：", ": ")
                yield Sentence(order.id, text, order.cite, is_proposal=entry.get("origin") == "proposal")


def _order_templates(document: Document) -> Iterator[Sentence]:
    """Each with the kind of incident and the level it is meant for, and the task it puts into an order."""
    names = {level.id: level.words for level in levels_of(document)} if document.get("levels") else {}
    for one in order_templates_of(document):
        meant = [one.kind.words] if one.kind else []
        if one.level:
            level = names[one.level]
            meant.append(Words(f"{level.zh}起", f"from {level.en} on"))
        head = joined([_listed(meant), one.words], "·", " · ") if meant else one.words
        yield Sentence(one.id, joined([head, one.task], "：", ": "), one.cite, is_proposal=one.is_proposal)


def _quick_fills(document: Document) -> Iterator[Sentence]:
    """Each with what it writes into an alarm: the sentence, the number of people, the signs; and what is asked for."""
    names = {**FACTS["life_risk"].choices, **FACTS["acts"].choices}
    for one in quick_fills_of(document):
        signs = [names[sign] for sign in one.signs]
        said = [Words(f"{one.headcount}人", f"{one.headcount} people")] if one.headcount else []
        said += [_listed(signs)] if signs else []
        said += [joined([Words("询问", "ask"), _listed(list(one.ask))], "：", ": ")] if one.ask else []
        head = joined([one.words, one.what], "：", ": ")
        yield Sentence(one.id, _with(head, said), one.cite, is_proposal=one.is_proposal)


def _orders(document: Document) -> Iterator[Sentence]:
    """How long an order gives to be there, who hears that a state of it lasts too long, and the general limits that
    hold because the plan has none."""
    said, source = document.get("orders", {}), general()["orders"]
    for what, about in _PACES.items():
        if within := arrive_within(document, what):
            own = what in said.get("arrive_within", {})
            yield _of_orders(said, what, joined([about, duration_words(within)], "：", ": "), own=own)
    if n := enough_of(document):
        yield _of_orders(
            said,
            "enough",
            Words(f"同时叫多方时，{n} 方响应即止", f"of several called, {n} are enough"),
            own=True,
        )
    times = roll_call_of(document)
    for name, about in _ROLL_CALL.items():
        text = joined([about, duration_words(f"PT{int(getattr(times, name).total_seconds())}S")], "：", ": ")
        yield _of_orders(said, f"roll-call-{name}", text, own=name in said.get("roll_call", {}))
    for step in chase_of(document):
        text = joined(
            [_CHASED[step.tell], duration_words(f"PT{int(step.after.total_seconds())}S")], "：", ": "
        )
        yield _of_orders(said, f"chase-{step.tell}", text, own="chase" in said)
    for line in order_clocks(document):
        if line in clocks_of(general()):
            text = joined([line.words, duration_words(line.duration)], "：", ": ")
            yield Sentence(line.id, text, is_proposal=source["origin"] == "proposal")


def _of_orders(said: Mapping, id_: str, text: Words, *, own: bool) -> Sentence:
    if not own:
        return Sentence(id_, text, is_proposal=True)
    return Sentence(id_, text, said.get("cite", ""), is_proposal=said.get("origin") == "proposal")


_PACES = {
    "squad": Words("队伍到场时限", "a squad is there within"),
    "first_responder": Words("第一响应人到场时限", "a first responder is there within"),
    "expert": Words("专家到场时限", "an expert is there within"),
}
_ROLL_CALL = {
    "answer_within": Words("现场点名的应答时限", "to answer a roll-call on the spot"),
    "every": Words("现场危险期间每隔多久点名一次", "while the scene is dangerous, between roll-calls"),
}
_CHASED = {
    "duty_room": Words("超时后提醒值班室", "the duty room hears, after the limit has passed, in"),
    "leader": Words("超时后提醒带班领导", "the leader on duty hears, after the limit has passed, in"),
}


def _response(document: Document) -> Iterator[Sentence]:
    """Who proposes and decides that the response starts, and what it is meant for."""
    rules = response_rules(document)
    for id_, about, names in (
        ("propose", Words("提请", "proposed by"), rules.proposers),
        ("decide", Words("决定", "decided by"), rules.deciders),
    ):
        if names:
            who = _listed([role_of(document, name).words for name in names])
            yield Sentence(id_, joined([about, who], "：", ": "), rules.cite)
    for id_, about, within in (
        ("within", Words("适用", "meant for"), True),
        ("beyond", Words("不适用", "not meant for"), False),
    ):
        if grades := [grade.words for grade in rules.grades if grade.is_within == within]:
            yield Sentence(id_, joined([about, _listed(grades)], "：", ": "), rules.scope_cite)
    if rules.levels:
        levels = [level.words for level in levels_of(document) if level.id in rules.levels]
        yield Sentence(
            "levels", joined([Words("等级", "levels"), _listed(levels)], "：", ": "), rules.scope_cite
        )
    for tier in document.get("handling_tiers", {}).values():
        if also := tier.get("also_start"):
            who = role_of(document, also["tell"]).words
            yield Sentence(
                f"tell-{also['tell']}", joined([words(also), who], "：", ": "), also.get("cite", ""),
                is_proposal=also.get("origin") == "proposal",
            )  # fmt: skip


def _obligations(document: Document) -> Iterator[Sentence]:
    """Each with what it needs approval for, and whose."""
    gates = {gate.id: gate for gate in gates_of(document)}
    for line in chapters.obligations_of(document):
        if gate := gates.get(line.id):
            who = joined([Words("批准", "approved by"), gate.approver.words], "：", ": ")
            said = _with(line.words, [who, _listed([one.words for one in gate.kinds])])
            line = replace(line, words=said)
        yield line


def _pools(document: Document) -> Iterator[Sentence]:
    for pool in document.get("pools", ()):
        kinds = [named(kind) for kind in pool.get("kinds", ())]
        size = [Words(f"{pool['size']} 人", f"{pool['size']} people")] if "size" in pool else []
        yield Sentence(
            pool["id"],
            _with(named(pool), [*size, *([_listed(kinds)] if kinds else [])]),
            pool.get("cite", ""),
        )


def _kits(document: Document) -> Iterator[Sentence]:
    for kit in kits_of(document):
        yield Sentence(kit.id, _with(kit.words, [_listed([item.words for item in kit.items])]), kit.cite)


def _training(document: Document) -> Iterator[Sentence]:
    entry = document.get("training")
    if entry is None:
        return
    for audience in entry["audiences"]:
        yield Sentence(audience["id"], named(audience), entry.get("cite", ""))
    if again := entry.get("again_after"):
        yield Sentence(
            "again_after", Words(f"每 {again[1:-1]} 天复训", f"again after {again[1:-1]} days"), entry.get("cite", ""),
            words(entry.get("note")), entry.get("origin") == "proposal",
        )  # fmt: skip


_PHASES = {
    "before": Words("事前", "Before"),
    "during": Words("事中", "During"),
    "after": Words("事后", "After"),
}


def _after_action(document: Document) -> Iterator[Sentence]:
    """What is asked about an incident that is over, who approves the answers, and how improvements are chased."""
    entry = document.get("after_action", {})
    for one in questions_of(document):
        yield Sentence(
            one.id, joined([_PHASES[one.phase], one.words], "：", ": "), one.cite, is_proposal=one.is_proposal
        )
    if role := approver_of(document):
        yield Sentence(
            "approver", joined([Words("复盘报告由谁批准", "review approved by"), role.words], "：", ": "),
            entry.get("cite", ""), is_proposal=entry.get("origin") == "proposal",
        )  # fmt: skip
    steps = entry.get("improvements", {})
    remind = remind_of_improvements(document)
    said = [Words(f"到期前 {text}", f"{text} before it is due") for text in remind.before]
    said += [
        joined(
            [
                Words(f"逾期 {step.after} 告知", f"{step.after} overdue, told:"),
                role_of(document, step.role).words,
            ],
            "",
            " ",
        )
        for step in remind.climb
    ]
    if said:
        about = _with(Words("整改任务催办", "Improvements are asked for"), said)
        yield Sentence(
            "improvements", about, steps.get("cite", ""), is_proposal=steps.get("origin") == "proposal"
        )
    for line in closing_clocks(document):
        yield Sentence(line.id, line.words, line.cite, is_proposal=line.origin == "proposal")


def _at_levels(document: Document) -> Iterator[Sentence]:
    """Who commands at a level, and what is done and owed there."""
    for level in levels_of(document):
        entry = next(one for one in document["levels"] if one["id"] == level.id)
        command = entry.get("in_command", ())
        leads = [
            role_of(document, name).words for name in ([command] if isinstance(command, str) else command)
        ]
        said = [words(one) for key in ("actions", "obligations") for one in entry.get(key, ())]
        about = [joined([Words("牵头", "in command"), _listed(leads)], "：", ": ")] if leads else []
        if about or said:
            yield Sentence(level.id, _with(level.words, [*about, *said]))


def _triggers(document: Document) -> Iterator[Sentence]:
    for trigger in chapters.triggers_of(document):
        leads_to = _LEADS_TO.get(trigger.leads_to, Words(trigger.leads_to, trigger.leads_to))
        said = [trigger.line.words, *([trigger.rule] if trigger.rule.zh else [])]
        yield Sentence(
            trigger.line.id,
            joined([leads_to, *said], "：", ": "),
            trigger.line.cite,
            trigger.line.note,
            trigger.line.is_proposal,
        )


_LEADS_TO = {
    "major_situation": Words("重大情况", "major situation"), "leader_case": Words("领导包案", "leader case"),
    "inquiry": Words("责任倒查", "inquiry"), "joint_reception": Words("联合接访", "joint reception"),
}  # fmt: skip


def _demand_classes(document: Document) -> Iterator[Sentence]:
    for entry in document.get("demand_classes", ()):
        yield Sentence(entry["id"], _with(named(entry), [words(one) for one in entry.get("do", ())]), entry.get("cite", ""),
                   is_proposal=entry.get("origin") == "proposal")  # fmt: skip


def _reports(document: Document) -> Iterator[Sentence]:
    for report in document.get("reports", ()):
        fields = [line.words for line in chapters.report_fields_of(document, report["id"])]
        yield Sentence(
            report["id"], _with(named(report), [_listed(fields)] if fields else []), report.get("cite", "")
        )


def _report_chain(document: Document) -> Iterator[Sentence]:
    """At which level the level above is told, who that is, and how often."""
    names = {level.id: level.words for level in levels_of(document)} if document.get("levels") else {}
    for chain in chains_of(document):
        level = names.get(chain.level, Words("各等级", "Every level"))
        said = [joined([Words("报", "to"), _listed([role.words for role in chain.to])], "：", ": ")]
        if chain.phone_first:
            said.append(Words("先电话报告，后补书面", "by telephone first, the text later"))
        if chain.daily:
            said.append(Words(f"续报每日 {chain.daily} 前", f"a report each day by {chain.daily}"))
        yield Sentence(
            chain.level or "every", _with(level, said), chain.cite, is_proposal=chain.origin == "proposal"
        )


def _categories(document: Document) -> Iterator[Sentence]:
    return (Sentence(one.id, one.words, one.cite) for one in categories_of(document))


def _entries(key: str) -> Callable[[Document], Iterator[Sentence]]:
    def read(document: Document) -> Iterator[Sentence]:
        for entry in document.get(key, ()):
            yield (
                Sentence(entry, words(entry))
                if isinstance(entry, str)
                else Sentence(entry["id"], named(entry), entry.get("cite", ""))
            )

    return read


def _with(head: Words, more: Iterable[Words]) -> Words:
    parts = [part for part in more if part.zh]
    return joined([head, joined(parts, "；", "; ")], "——", " – ") if parts else head


def _listed(names: list[Words]) -> Words:
    return joined(names, "、", ", ")


Reader = Callable[[Document], Iterable[Sentence]]

#: id, title, reader, and what the system does with it (none: it is only shown).
_PARTS: tuple[tuple[str, str, Reader, str], ...] = (
    ("response", gettext_noop("Response"), _response,
     gettext_noop("A response is proposed, decided and signed by these roles, within this scope.")),
    ("packages", gettext_noop("Packages"), _packages,
     gettext_noop("A response sends them out with one act, after every line was looked at.")),
    ("order-templates", gettext_noop("Templates of orders"), _order_templates,
     gettext_noop("The order form offers them; choosing one fills only an empty task.")),
    ("quick-fills", gettext_noop("Templates of alarms"), _quick_fills,
     gettext_noop("The duty room's entry form offers them; choosing one fills only what is empty.")),
    ("orders", gettext_noop("Orders"), _orders,
     gettext_noop("Every state of an order has its time limit; where it passes, these hear of it one after the other.")),
    ("organisation", gettext_noop("Organisation"), _organisation,
     gettext_noop("A response puts its command post together from it.")),
    ("at-levels", gettext_noop("At each level"), _at_levels,
     gettext_noop("A response that starts at the level makes each of them a duty.")),
    ("pools", gettext_noop("Experts"), _pools, gettext_noop("Experts are listed and called by these kinds.")),
    ("kits", gettext_noop("Kits of materials"), _kits, gettext_noop("They are gone through line by line, and compared with the stock.")),
    ("training", gettext_noop("Who is trained"), _training, gettext_noop("The list of who is to come is kept by it.")),
    ("after-action", gettext_noop("After an incident"), _after_action,
     gettext_noop("A review asks these questions, and improvements are chased by these steps.")),
    ("categories", gettext_noop("Kinds of event"), _categories, ""),
    ("business-lines", gettext_noop("Lines of business"), _entries("business_lines"), ""),
    ("incident-forms", gettext_noop("Forms an incident takes"), _entries("incident_forms"), ""),
    ("triggers", gettext_noop("What leads to more"), _triggers,
     gettext_noop("A leader case is proposed by them, and the kinds of major situation are asked for with a matter.")),
    ("obligations", gettext_noop("Obligations"), _obligations,
     gettext_noop("A response that starts makes each of them a duty.")),
    ("demand-classes", gettext_noop("Classes of demands"), _demand_classes,
     gettext_noop("An observation offers these classes.")),
    ("dispute-classes", gettext_noop("Classes of disputes"), chapters.dispute_classes_of,
     gettext_noop("Zero-reports are filled in by these classes.")),
    ("forms", gettext_noop("Official forms"), chapters.forms_of, gettext_noop("They are written from reported matters.")),
    ("reports", gettext_noop("What a report has to say"), _reports, ""),
    ("report-chain", gettext_noop("Reports to the level above"), _report_chain,
     gettext_noop("The chain of an incident's reports takes its recipients and days from here.")),
)  # fmt: skip

#: Parts of the document that no entry above needs words for: they stand elsewhere on the page, or are not text.
SHOWN_ELSEWHERE = frozenset({
    "schema", "id", "version", "kind", "title", "source", "owner_tier", "status_default", "validity", "legal_basis", "roles",
    "level_policy", "levels", "handling_tiers", "signatory", "signoff_rules", "clocks", "alarm", "notices",
    "checklists", "excluded", "chapters", "applies_to", "screening", "reporting_channel",
})  # fmt: skip
