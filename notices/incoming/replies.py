"""What an answer by text message means. Read where it is clear; where it is not, the person is asked back.

Clear is: nothing in it asks or is left over that says no, and all of it says one thing. "3分钟后到" is coming and not
"3"; "收到，不能到" is cannot; "能不能到？" is nothing. Plain values in and out.
"""

import re
import unicodedata

from notices.choices import Answer

#: "Got it" and no more: what the button "Confirm" says.
CONFIRMED = "confirmed"

#: The digit pressed in a call, or sent back alone.
DIGITS = {"1": Answer.COMING, "2": Answer.CANNOT, "3": Answer.PASSED_ON}

_NUMBER = "(?:[0-9]+|[一二两三四五六七八九十几半]+)"
_SOON = f"(?:大概|大约|约|还要|还有|再)?{_NUMBER}个?半?(?:分钟|分|刻钟|小时|钟头)(?:左右)?(?:之?内|以内|以后|之?后)?(?:左右)?"
_ARRIVES = "(?:到位|到达|到场|到岗|赶到|赶过来|赶过去|过来|过去|就位|到)"
#: In this order: what says no is looked for first, so that "不能到" is not read as "能到".
PATTERNS: tuple[tuple[str, str], ...] = (
    (CONFIRMED, "已?收到了?"),
    (
        Answer.CANNOT,
        "(?:不能|没法|无法|不可以|不会|没办法|没有办法)(?:按时|及时|马上)?(?:到位|到达|到场|到岗|赶到|参加|出勤|过来|过去|来|去|到)"
        "|(?:来|到|去|赶|过|走|抽|脱)(?:不|不过|不开)(?:了|来|去|到|开|及|身)"
        "|(?:不|没)(?:到|来|去|在)(?!及)了?|(?:没|没有|无)(?:空|时间)"
        "|(?:在|出)(?:外地|差)|请假|生病|不行|(?<!\\w)(?:cannot|can't|cant|can not|unable|not coming|no)(?:\\s+(?:come|make it|attend))?(?!\\w)",
    ),
    (
        Answer.PASSED_ON,
        "已?(?:转给|转告|转交|转达|转|交给|通知)(?:他人|别人|了|给)?|(?<!\\w)(?:passed|pass|forwarded)(?:\\s+(?:it\\s+)?on)?(?!\\w)",
    ),
    (
        Answer.COMING,
        f"(?:我)?(?:{_SOON}|马上|立即|立刻|这就|就|已经?|正在?|现在|即刻|尽快|很快|准时|按时)*(?:就|能|可以|会|可)*{_ARRIVES}了?"
        f"|(?:马上|立即|立刻|这就|我|就|已经?|正在?|现在)*(?:出发|动身|在路上|路上|在途|赶来|赶去|来|在赶)了?|{_SOON}(?<=[钟时内后右])"
        "|(?<!\\w)(?:coming|on (?:my|the) way|omw|will be there|there in [0-9]+\\s*(?:min|mins|minutes)?|arriving|arrived)(?!\\w)",
    ),
    (
        CONFIRMED,
        "已阅|已收|知道|知悉|明白|了解|清楚|(?<![你您])好的?|是的|是|行|可以|遵命|没问题|嗯|"
        "(?<!\\w)(?:ok|okay|yes|received|roger|got it|copy|noted|understood|thanks|thank you)(?!\\w)",
    ),
)
_COMPILED = [(meaning, re.compile(pattern)) for meaning, pattern in PATTERNS]
#: Whoever asks has not answered.
_ASKS = re.compile(
    "[?]|[收看听]不到|吗|么(?!事)|什么|谁|哪|几点|多久|怎么|为何|为啥|是否|能不能|可不可以|要不要|来不来|去不去|到不到|(?<!\\w)(?:what|who|where|when|why)(?!\\w)"
)
#: What changes nothing about what is said.
_FILLER = re.compile(
    "[我们咱俺的了啊呀哦噢呢哈吧嘛恩请您你谢领导同志先回复答按这边就都也,.!;:'\"~、…\\s\\-_()\\[\\]【】「」“”‘’《》<>{}#*/|]+"
)
_SAYS_NO = re.compile("[不没无未别非勿否难]|晚|但|可是|如果|要是|万一|明天|后天|改天")
#: Letters that may be left over: a name, a unit.
LEFT_OVER = 6


def answer_of(reply: str) -> str | None:
    """One of `Answer`, `CONFIRMED`, or None for what is not clear."""
    text = unicodedata.normalize("NFKC", reply).lower().replace("。", ".")
    bare = _FILLER.sub("", text)
    if bare in DIGITS:
        return DIGITS[bare]
    if _ASKS.search(text):
        return None
    found, rest = _meanings(text)
    if len(found) != 1 or _is_more_said(rest):
        return None
    return found.pop()


def _meanings(text: str) -> tuple[set[str], str]:
    """What is said, without "got it" beside something stronger, and what is left of the text."""
    found = set()
    for meaning, pattern in _COMPILED:
        if pattern.search(text):
            found.add(meaning)
            # A mark, so that what stood on both sides does not become a word.
            text = pattern.sub(" ", text)
    return (found - {CONFIRMED} or found), text


def _is_more_said(rest: str) -> bool:
    left = _FILLER.sub("", rest)
    return bool(_SAYS_NO.search(left)) or len(left) > LEFT_OVER or left.isdigit()
