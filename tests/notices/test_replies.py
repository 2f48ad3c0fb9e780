"""Answers as people write them: read where they are clear, asked back where not."""

import pytest

from notices.choices import Answer
from notices.incoming.replies import CONFIRMED, answer_of

COMING = (
    "1|１|1。|1.|【1】|①|回复1|「1」|马上到|3分钟后到|30分钟到|三分钟后到|半小时内到|我马上到|能到|可以到|已到|到了|就到|已出发|出发了|在路上|"
    "路上|来了|马上来|立即赶到|收到，马上到|收到，3分钟后到|好的，这就过去|已到位|十分钟左右到|大概20分钟|coming|"
    "Coming!|on my way|OMW|ok coming|yes, on the way|王五马上到|到位"
)
CANNOT = "2|２|2.|不能到|来不了|到不了|去不了|赶不过来|收到，不能到|收到 不能到位|没法到|无法到场|不来|没空|没时间|在外地|出差了|不能来|过不来|cannot|can't come|cannot make it|no|抱歉来不了|不在|走不开"
PASSED = "3|３|3，|已转告|转给老王|已转他人|已转给王五|passed on|已通知老王"
PLAIN = "收到|收到。|收到！|已收到|好的|好|知道了|明白|OK|ok!|是|嗯|received|got it|王五收到|收到，谢谢|谢谢领导，收到"
UNCLEAR = (
    "谁？|什么事|?|能不能到？|几点到|收到了吗|不用来了吗|哪里|4|12|2分|3楼|1号楼在哪|明天到|不能马上到，10分钟后到|"
    "我不是王五|打错了|TD|退订|。。。|你好|如果堵车就来不了，否则马上到|尽量|看情况|收不到|没收到|能到的是老王不是我|这个号码不是他本人的别再发了|123"
)


def cases():
    for expected, texts in (
        (Answer.COMING, COMING),
        (Answer.CANNOT, CANNOT),
        (Answer.PASSED_ON, PASSED),
        (CONFIRMED, PLAIN),
        (None, UNCLEAR),
    ):
        for text in texts.split("|"):
            yield pytest.param(text, expected, id=f"{text} = {expected}")


@pytest.mark.parametrize(("text", "expected"), list(cases()))
def test_an_answer_is_read_as_it_is_meant(text, expected):
    assert answer_of(text) == expected


@pytest.mark.parametrize("text", ["", " ", "\x00", "\ud800", "1" * 200, "到" * 200, "(" * 200])
def test_anything_may_come(text):
    answer_of(text)
