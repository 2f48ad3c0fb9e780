"""What notices say: one template per reason, channel and language, with a version, and none longer than its channel.

A room gives the facts in both languages; the template makes the sentence. A notice keeps which version it was
written from. Change a text → raise its version.
"""

from collections.abc import Mapping
from typing import Any, NamedTuple

from common.drills import MARK as DRILL_MARK
from common.text.personal_data import masked_within
from notices.choices import BOTS, Channel
from notices.rules import fit

#: Characters. A text message of 67 Chinese characters per part: three parts at most. A call is listened to, not read.
LIMITS: dict[str, int] = {
    Channel.APP: 2000,
    Channel.SMS: 201,
    Channel.VOICE: 160,
    Channel.EMAIL: 4000,
    **dict.fromkeys(BOTS, 600),
    # It says what the text message says, and no more.
    Channel.CHAT: 201,
}

_ANSWER_SMS = {"zh": "回复1到位，2不能到，3转他人", "en": "Reply 1 coming, 2 cannot, 3 pass on"}
_ANSWER_VOICE = {
    "zh": "能到位请按1，不能到位请按2，转告他人请按3。",
    "en": "Press 1 if you are coming, 2 if you cannot, 3 to pass it on.",
}


#: Nobody hears what is answered in a chat: where a text message asks for a figure, it says where to answer.
_IN_CHAT = {
    "zh": {_ANSWER_SMS["zh"]: "请打开系统答复", "回复1仍在，2需要人接替": "请打开系统答复"},
    "en": {
        _ANSWER_SMS["en"]: "Open the system to answer",
        "Reply 1 yes, 2 I need a replacement": "Open the system to answer",
    },
}

#: Asks back what an answer by text message meant: it goes the same way and no other.
ONLY_BY_TEXT = ("reply.unclear",)

#: What has no template of its own: a text that a room wrote itself, and several notices as one message.
TEXT, SUMMARY = "text", "summary"
#: The facts without which nobody knows which one a message is about, or how grave: left out and cut by nobody.
MUST_SAY = ("number", "level")


class Wording(NamedTuple):
    version: int
    #: "full" | "sms" | "voice" → language → pattern
    patterns: Mapping[str, Mapping[str, str]]


WORDINGS: dict[str, Wording] = {
    "warning.signed": Wording(
        1,
        {
            "full": {
                "zh": "{level}预警 {number} 生效：{area}。{matter}\n措施：\n{measures}",
                "en": "{level} warning {number} in force: {area}. {matter}\nMeasures:\n{measures}",
            },
            "sms": {
                "zh": "{level}预警 {number} 生效：{area}。{matter}。" + _ANSWER_SMS["zh"],
                "en": "{level} warning {number} in force: {area}. {matter}. " + _ANSWER_SMS["en"],
            },
            "voice": {
                "zh": "{level}预警生效。{area}。{matter}。" + _ANSWER_VOICE["zh"],
                "en": "{level} warning in force. {area}. {matter}. " + _ANSWER_VOICE["en"],
            },
        },
    ),
    "incident.life_safety": Wording(
        1,
        {
            "full": {
                "zh": "生命安全警报 {number}：{area}。{matter}",
                "en": "Life-safety alert {number}: {area}. {matter}",
            },
            "sms": {
                "zh": "生命安全警报 {number}：{area}。{matter}。" + _ANSWER_SMS["zh"],
                "en": "Life-safety alert {number}: {area}. {matter}. " + _ANSWER_SMS["en"],
            },
            "voice": {
                "zh": "生命安全警报。{area}。{matter}。" + _ANSWER_VOICE["zh"],
                "en": "Life-safety alert. {area}. {matter}. " + _ANSWER_VOICE["en"],
            },
        },
    ),
    "incident.danger_worse": Wording(
        1,
        {
            "full": {
                "zh": "生命安全警报（情况加重：{worse}）{number}：{area}。{matter}",
                "en": "Life-safety alert, it has grown worse ({worse}) {number}: {area}. {matter}",
            },
            "sms": {
                "zh": "情况加重：{worse}。生命安全警报 {number}：{area}。{matter}。" + _ANSWER_SMS["zh"],
                "en": "Worse: {worse}. Life-safety alert {number}: {area}. {matter}. " + _ANSWER_SMS["en"],
            },
            "voice": {
                "zh": "生命安全警报，情况加重：{worse}。{area}。{matter}。" + _ANSWER_VOICE["zh"],
                "en": "Life-safety alert, worse: {worse}. {area}. {matter}. " + _ANSWER_VOICE["en"],
            },
        },
    ),
    "incident.stood_down": Wording(
        1,
        {
            "full": {
                "zh": "生命安全警报结束 {number}：{area}，{why}。无需再前往。",
                "en": "Life-safety alert ended {number}: {area}, {why}. You need not come.",
            },
            "sms": {
                "zh": "生命安全警报结束 {number}：{area}，{why}。无需再前往。",
                "en": "Life-safety alert ended {number}: {area}, {why}. You need not come.",
            },
            "voice": {"zh": "生命安全警报已结束，无需再前往。", "en": "The life-safety alert has ended. You need not come."},
        },
    ),
    "notice.unheard": Wording(
        1,
        {
            "full": {
                "zh": "无人应答：{post}（{person}）未确认“{about}”。请电话联系，或指派他人。",
                "en": "Nobody heard: {post} ({person}) has not confirmed “{about}”. Telephone them, or send somebody else.",
            },
            "sms": {"zh": "无人应答：{post}未确认“{about}”，请打开系统。", "en": "Nobody heard: {post} has not confirmed “{about}”. Open the system."},
            "voice": {"zh": "{post}没有确认预警，请打开系统。", "en": "{post} has not confirmed a warning. Open the system."},
        },
    ),
    "notice.still": Wording(
        1,
        {
            "full": {"zh": "仍在处置吗？请确认：{about}", "en": "Still on it? Please confirm: {about}"},
            "sms": {"zh": "仍在处置吗？{about}。回复1仍在，2需要人接替", "en": "Still on it? {about}. Reply 1 yes, 2 I need a replacement"},
            "voice": {"zh": "仍在处置吗？仍在请按1，需要人接替请按2。", "en": "Still on it? Press 1 for yes, 2 for a replacement."},
        },
    ),
    "clock.breached": Wording(
        1,
        {
            "full": {
                "zh": "时限已过：{title}，应于{until}前完成（{unit}）。请立即处理。",
                "en": "Time limit passed: {title}, due at {until} ({unit}). See to it now.",
            },
            "sms": {
                "zh": "时限已过：{title}，应于{until}前完成（{unit}）。请立即处理。",
                "en": "Time limit passed: {title}, due at {until} ({unit}). See to it now.",
            },
            "voice": {"zh": "时限已过：{title}。请立即处理。", "en": "Time limit passed: {title}. See to it now."},
        },
    ),
    "clock.ends_soon": Wording(
        1,
        {
            "full": {
                "zh": "时限将至：{title}，须于{until}前完成（{unit}）。",
                "en": "Time limit near: {title}, due at {until} ({unit}).",
            },
            "sms": {
                "zh": "时限将至：{title}，须于{until}前完成（{unit}）。",
                "en": "Time limit near: {title}, due at {until} ({unit}).",
            },
            "voice": {"zh": "时限将至：{title}。", "en": "Time limit near: {title}."},
        },
    ),
    "notice.nobody": Wording(
        1,
        {
            "full": {
                "zh": "无人可接收：{who}目前没有人值守，未能通知（{about}）。请电话联系，或另行指派。",
                "en": "Nobody was told: nobody answers for {who} now ({about}). Telephone, or send somebody else.",
            },
            "sms": {"zh": "无人可接收：{who}，未能通知（{about}）。", "en": "Nobody was told: {who} ({about})."},
            "voice": {"zh": "无人可接收：{who}。", "en": "Nobody was told: {who}."},
        },
    ),
    "reply.unclear": Wording(
        1,
        {
            "full": {
                "zh": "没有看懂您的回复“{reply}”。关于“{about}”：请" + _ANSWER_SMS["zh"],
                "en": "Your answer “{reply}” was not understood. About “{about}”: " + _ANSWER_SMS["en"],
            },
            "sms": {
                "zh": "没有看懂您的回复“{reply}”。关于“{about}”：请" + _ANSWER_SMS["zh"],
                "en": "Your answer “{reply}” was not understood. About “{about}”: " + _ANSWER_SMS["en"],
            },
            "voice": {"zh": "没有听懂您的回答。" + _ANSWER_VOICE["zh"], "en": "Your answer was not understood. " + _ANSWER_VOICE["en"]},
        },
    ),
    "report.due": Wording(
        1,
        {
            "full": {
                "zh": "{unit}{period}零报告尚未报送，{until}截止。没有情况也请报“无”。",
                "en": "{unit} has not sent its report for {period}; it is due at {until}. If nothing happened, say so.",
            },
            "sms": {
                "zh": "{unit}{period}零报告尚未报送，{until}截止。没有情况也请报“无”。",
                "en": "{unit}: the report for {period} is due at {until}. If nothing happened, say so.",
            },
            "voice": {"zh": "{unit}{period}零报告尚未报送，{until}截止。", "en": "{unit}: the report for {period} is due at {until}."},
        },
    ),
    "report.missed": Wording(
        1,
        {
            "full": {
                "zh": "{unit}{period}零报告已过{until}截止时刻，请立即补报。没有情况也请报“无”。",
                "en": "{unit} has not sent its report for {period}, due at {until}. Send it now; if nothing happened, say so.",
            },
            "sms": {
                "zh": "{unit}{period}零报告已过{until}截止，请立即补报。没有情况也请报“无”。",
                "en": "{unit}: the report for {period} was due at {until}. Send it now; if nothing happened, say so.",
            },
            "voice": {"zh": "{unit}{period}零报告已过截止时刻，请立即补报。", "en": "{unit}: the report for {period} was due at {until}. Send it now."},
        },
    ),
    "report.summary": Wording(
        1,
        {
            "full": {
                "zh": "{unit}{period}零报告（{until}截止）：下级{count}个单位未报：{names}。",
                "en": "{unit}, reports for {period} (due at {until}): {count} silent right below: {names}.",
            },
            "sms": {
                "zh": "{period}零报告{until}截止，{count}个下级单位未报：{names}。",
                "en": "Reports for {period}, due at {until}: {count} silent: {names}.",
            },
            "voice": {"zh": "{period}零报告，{count}个下级单位未报。", "en": "Reports for {period}: {count} silent."},
        },
    ),
    "report.climb": Wording(
        1,
        {
            "full": {
                "zh": "{unit}{period}零报告仍有{count}个单位未报（{until}截止）：{names}。请督促补报。",
                "en": "{unit}, reports for {period} (due at {until}): {count} still silent: {names}. Please ask after them.",
            },
            "sms": {
                "zh": "{period}零报告仍有{count}个单位未报：{names}。请督促补报。",
                "en": "Reports for {period}: {count} still silent: {names}. Please ask after them.",
            },
            "voice": {"zh": "{period}零报告仍有{count}个单位未报，请督促补报。", "en": "Reports for {period}: {count} still silent. Please ask after them."},
        },
    ),
    "written.due": Wording(
        1,
        {
            "full": {
                "zh": "{unit}《{title}》（{period}）尚未报送，{until}截止。",
                "en": "{unit} has not handed in “{title}” for {period}; it is due at {until}.",
            },
            "sms": {
                "zh": "{unit}《{title}》（{period}）尚未报送，{until}截止。",
                "en": "{unit}: “{title}” for {period} is due at {until}.",
            },
            "voice": {"zh": "{unit}{title}尚未报送，{until}截止。", "en": "{unit}: {title} is due at {until}."},
        },
    ),
    "written.missed": Wording(
        1,
        {
            "full": {
                "zh": "{unit}《{title}》（{period}）已过{until}截止时刻，请补报。",
                "en": "{unit} has not handed in “{title}” for {period}, due at {until}. Hand it in now.",
            },
            "sms": {
                "zh": "{unit}《{title}》（{period}）已过{until}截止，请补报。",
                "en": "{unit}: “{title}” for {period} was due at {until}. Hand it in now.",
            },
            "voice": {"zh": "{unit}{title}已过截止时刻，请补报。", "en": "{unit}: {title} was due at {until}. Hand it in now."},
        },
    ),
    "written.silent": Wording(
        1,
        {
            "full": {
                "zh": "{unit}：《{title}》（{period}，{until}截止）有{count}个单位未报：{names}。请督促补报。",
                "en": "{unit}: “{title}” for {period} (due at {until}): {count} have not handed in: {names}. Please ask after them.",
            },
            "sms": {
                "zh": "《{title}》（{period}）有{count}个单位未报：{names}。请督促补报。",
                "en": "“{title}” for {period}: {count} have not handed in: {names}.",
            },
            "voice": {"zh": "{title}有{count}个单位未报，请督促补报。", "en": "{title}: {count} have not handed in."},
        },
    ),
}  # fmt: skip


class Message(NamedTuple):
    """What is to be said: the name of a template with its facts, or a text the room wrote itself."""

    text_zh: str = ""
    text_en: str = ""
    wording: str = ""
    #: name → {"zh", "en"} or one text for both
    facts: Mapping[str, Any] = {}

    @classmethod
    def from_dict(cls, stored: Mapping[str, Any]) -> "Message":
        return cls(**stored)


class Rendered(NamedTuple):
    text_zh: str
    text_en: str
    wording: str
    #: language → name → the fact as it stands in the text; for a gateway that fills in a template of its own.
    facts: Mapping[str, Mapping[str, str]] = {}


def render(message: Message, channel: str, *, drill: bool = False) -> Rendered:
    """What this channel says, in both languages, within its length.

    Numbers of people are masked here whatever the record keeps: a message goes to many, and over others' networks.
    """
    message = Message(**masked_within(message._asdict()))
    if not message.wording:
        return Rendered(
            _cut(message.text_zh, channel, "zh", drill), _cut(message.text_en, channel, "en", drill), ""
        )
    group = channel if channel in (Channel.SMS, Channel.VOICE, Channel.CHAT) else "full"
    patterns = _patterns(message.wording, group)
    facts = {
        language: {name: _in(value, language) for name, value in message.facts.items()}
        for language in ("zh", "en")
    }
    texts = {
        language: fit(patterns[language], known, _room(channel, language, drill))
        for language, known in facts.items()
    }
    name = f"{message.wording}/{group}@{WORDINGS[message.wording].version}"
    return Rendered(texts["zh"], texts["en"], name, facts if group in (Channel.SMS, Channel.VOICE) else {})


def _patterns(name: str, group: str) -> Mapping[str, str]:
    patterns = WORDINGS[name].patterns
    if group != Channel.CHAT:
        return patterns[group]
    found = {}
    for language, pattern in patterns[Channel.SMS].items():
        for asked, instead in _IN_CHAT[language].items():
            pattern = pattern.replace(asked, instead)
        found[language] = pattern
    return found


def _cut(text: str, channel: str, language: str, drill: bool) -> str:
    return fit("{text}", {"text": text}, _room(channel, language, drill)) if text else ""


def _room(channel: str, language: str, drill: bool) -> int:
    return LIMITS[channel] - (len(DRILL_MARK[language]) if drill else 0)


def _in(value: Any, language: str) -> str:
    return str(value[language] if isinstance(value, Mapping) else value)
