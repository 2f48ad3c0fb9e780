"""Numbers of people in free texts: found in every way in which people write them, and nothing else found."""

import random
import re
from datetime import date, timedelta
from pathlib import Path

import pytest

from common.text.masking import masked, masks_in, personal_data_in

WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
AREAS = ["110105", "310115", "430104", "430121", "440305", "510107", "610113", "650102", "810000", "360102"]
TOP, HAN = Path(__file__).parents[2], re.compile("[\u4e00-\u9fff]")
ODDS = random.Random(20261128)


def mobile() -> str:
    return f"1{ODDS.choice('3456789')}{ODDS.randrange(10**9):09d}"


def identity() -> str:
    born = date(1930, 1, 1) + timedelta(days=ODDS.randrange(33000))
    body = f"{ODDS.choice(AREAS)}{born:%Y%m%d}{ODDS.randrange(1000):03d}"
    return body + "10X98765432"[sum(int(d) * w for d, w in zip(body, WEIGHTS, strict=True)) % 11]


def old_identity() -> str:
    born = date(1930, 1, 1) + timedelta(days=ODDS.randrange(25000))
    return f"{ODDS.choice(AREAS)}{born:%y%m%d}{ODDS.randrange(1000):03d}"


def card() -> str:
    length = ODDS.choice([13, 14, 15, 16, 17, 18, 19])
    body = ODDS.choice(["62", "4", "51", "35", "9558"])
    body += "".join(ODDS.choice("0123456789") for _ in range(length - 1 - len(body)))
    return next(body + last for last in "0123456789" if luhn(body + last))


def luhn(digits: str) -> bool:
    total = 0
    for place, digit in enumerate(reversed(digits)):
        value = int(digit) * (1 + place % 2)
        total += value - 9 if value > 9 else value
    return total % 10 == 0


def cut(number: str, sizes: tuple[int, ...], by: str) -> str:
    parts, at = [], 0
    for size in sizes:
        parts.append(number[at : at + size])
        at += size
    return by.join([*parts, number[at:]]).strip(by)


WIDE = str.maketrans("0123456789X", "０１２３４５６７８９Ｘ")
CHINESE = str.maketrans("0123456789", "〇一二三四五六七八九")
CAPITAL = str.maketrans("0123456789", "零壹贰叁肆伍陆柒捌玖")
SEPARATORS = [" ", "-", ".", "·", "－", "—", " - ", "\u00a0", "\u3000", "、", "\u200b", "_", "/", "\n"]

#: Every way of writing that fits all numbers.
ANY = {
    "plain": str,
    "full width": lambda n: n.translate(WIDE),
    "Chinese numerals": lambda n: n.translate(CHINESE),
    "capital numerals": lambda n: n.translate(CAPITAL),
    "small x": str.lower,
    "each digit apart": lambda n: ODDS.choice(SEPARATORS).join(n),
    "after a name": lambda n: f"张三{n}",
    "after a word": lambda n: f"tel{n}",
    "in a sentence": lambda n: f"带头的人（{n}）已到场",
    "beside a time": lambda n: f"2026-11-22 14:05 {n} 3人",
}
GROUPS = {
    mobile: [(3, 4), (3, 3), (4, 4), (4, 3), (3,), (7,), (5,), (6,)],
    identity: [(6, 8), (6, 4, 4), (3, 3, 4, 4), (4, 4, 4, 4), (6,), (10,)],
    old_identity: [(6, 6), (3, 3, 3, 3), (5, 5)],
    card: [(4, 4, 4), (4, 4, 4, 4), (2,) * 9],
}


def writings():
    for make, sizes in GROUPS.items():
        for how, write in ANY.items():
            yield make.__name__, how, lambda make=make, write=write: write(make())
        for size in sizes:
            yield make.__name__, f"grouped {size}", lambda make=make, size=size: _grouped(make(), size)
    for lead in ("+86", "+86 ", "0086", "0086-", "86", "86-", "(+86)", "＋86 ", "0"):
        yield "mobile", lead, lambda lead=lead: lead + ODDS.choice([mobile(), cut(mobile(), (3, 4), " ")])
    for pattern in ("0731-{8}", "0731 {8}", "(0731){8}", "（0731）{8}", "0731{8}", "010-{8}", "0315-{7}", "0731—{44}",
                    "+86 731 {8}", "+86-10-{44}", "0086 731 {8}", "０７３１－{8}"):  # fmt: skip
        yield "landline", pattern, lambda pattern=pattern: _landline(pattern)


def _grouped(number: str, sizes: tuple[int, ...]) -> str:
    return cut(number, sizes, ODDS.choice(SEPARATORS))


def _landline(pattern: str) -> str:
    local = f"{ODDS.randrange(2, 9)}{ODDS.randrange(10**7):07d}"
    return pattern.replace("{8}", local).replace("{7}", local[:7]).replace("{44}", f"{local[:4]} {local[4:]}")


@pytest.mark.control(53)
def test_numbers_are_found_in_all_their_writings():
    """Recall over generated numbers, and no writing below 58 of 60."""
    missed, tried = {}, 0
    for kind, how, write in writings():
        texts = [write() for _ in range(60)]
        lost = [
            text for text in texts if not personal_data_in(f"联系 {text}，速办".replace("联系 ", "来访 "))
        ]
        tried += len(texts)
        if lost:
            missed[kind, how] = lost

    assert {where: lost[:3] for where, lost in missed.items() if len(lost) > 2} == {}
    assert sum(map(len, missed.values())) / tried <= 0.01


def test_what_is_masked_is_found_no_more():
    for _kind, _how, write in writings():
        for text in (write() for _ in range(8)):
            clean = masked(text)
            assert personal_data_in(clean) == [], (text, clean)
            assert len(clean) <= len(text) + 1


def product_text() -> str:
    day = date(2026, 1, 1) + timedelta(days=ODDS.randrange(700))
    unit = ODDS.choice(["T11", "C1", "C13", "CITY", "V111", "430104", "430104001", "M1"])
    n = ODDS.randrange
    return ODDS.choice([
        f"{unit}-{day:%Y}-{n(10000):04d}", f"{unit}-{day:%Y%m%d}-{n(1000):03d}", f"R-{unit}-{day:%Y%m%d}-{n(1, 30)}",
        f"R-{unit}-{day:%Y}W{n(1, 53):02d}-{n(1, 9)}", f"W-{unit}-{day:%Y%m%d}-{n(1000):03d}",
        f"指令 {unit}-{day:%Y%m%d}-{n(1000):03d} 于 {n(24):02d}:{n(60):02d} 到达，{n(300)} 人",
        f"{day} {n(24):02d}:{n(60):02d}-{n(24):02d}:{n(60):02d}", f"{day:%Y.%m.%d}-{day:%Y.%m.%d}",
        f"{day:%Y-%m-%d} {day:%Y-%m-%d}", f"{day:%Y%m%d}{n(24):02d}{n(60):02d}{n(60):02d}",
        f"{day:%Y/%m/%d} {n(24):02d}{n(60):02d} {n(24):02d}{n(60):02d}", f"{n(9)}-{n(10, 20)}-{n(20, 50)}-{n(50, 100)}",
        f"人数 {n(100)}、{n(100)}、{n(100)}、{n(100)}、{n(100)}", f"{n(20)} {n(100)} {n(100)} {n(300)} {n(1000)}",
        f"（{day:%Y}）湘0104民初{n(10000)}号", f"信访编号 {day:%Y%m%d}{n(10**6):06d}", "拨打 12348、12345、110、120",
        f"金额 {n(10**9)}.{n(100):02d} 元", f"第{n(10)}条第（{n(10)}）项，二〇二六年十一月二十二日",
        f"北纬 {n(18, 53)}.{n(10**6):06d}，东经 {n(73, 135)}.{n(10**6):06d}", f"400-{n(1000):03d}-{n(10000):04d}",
        f"{n(2**64):016x}", f"{n(16**8):08x}-{n(16**4):04x}-4{n(16**3):03x}-8{n(16**3):03x}-{n(16**12):012x}",
        f"version {n(30)}.{n(30)}.{n(30)}", f"{n(10):d},{n(1000):03d},{n(1000):03d}", f"邮编 {n(10**6):06d} 房号 {n(2000)}",
    ])  # fmt: skip


def test_texts_of_the_product_are_not_taken_for_numbers_of_people():
    """Precision: numbers of incidents, orders and receipts, days, times, counts, digests."""
    texts = [product_text() for _ in range(4000)]

    wrong = [(text, finding) for text in texts for finding in personal_data_in(text)]

    assert len(wrong) / len(texts) <= 0.001, wrong[:5]


#: Said as examples of how a number is written.
SHOWN_AS_EXAMPLES = {"0500-8100000"}


def test_ordinary_official_text_is_not_taken_for_numbers_of_people():
    """Precision: every Chinese line of the plans that are shipped, and every sentence that the product says."""
    files = [*TOP.glob("plans/library/*.yaml"), *TOP.glob("plans/general/*.yaml"),
             *TOP.glob("locale/*/zh_Hans/LC_MESSAGES/django.po")]  # fmt: skip
    lines = [line for file in files for line in file.read_text("utf-8").splitlines() if HAN.search(line)]

    wrong = [found.text for line in lines for found in personal_data_in(line)]

    assert len(lines) > 4000
    assert set(wrong) <= SHOWN_AS_EXAMPLES


@pytest.mark.control(53)
@pytest.mark.parametrize(
    ("text", "kind", "clean"),
    [
        ("电话 138 0013 8000", "mobile", "电话 138****8000"),
        ("张三13800138000", "mobile", "张三138****8000"),
        ("１３８００１３８０００", "mobile", "138****8000"),
        ("李四一三八〇〇一三八〇〇〇", "mobile", "李四138****8000"),
        ("+8613800138000", "mobile", "+86138****8000"),
        ("身份证 11010519491231002x。", "identity", "身份证 110*************2X。"),
        ("110105491231002", "identity", "110**********02"),
        ("(0731)88888888", "landline", "0731-*****888"),
        ("卡号 6222 0200 0000 0000 000", "bank_card", "卡号 ***************0000"),
    ],
)
def test_a_number_is_masked_where_it_stands(text, kind, clean):
    assert [finding.kind for finding in personal_data_in(text)] == [kind]
    assert masked(text) == clean
    (mask,) = masks_in(clean)
    assert "*" in mask
    assert mask in clean


@pytest.mark.parametrize(
    "text",
    [
        "11010519491231002Y", "110105194912310021", "99010519491231002X", "T11-2026-0007", "1380013800", "138001380001",
        "20261122140530", "a13800138000b", "15 20 30 50 100", "0830-20261122", "二〇二六年", "", "没有号码",
    ],
)  # fmt: skip
def test_what_only_looks_like_one_is_left_alone(text):
    assert personal_data_in(text) == []
    assert masked(text) == text


def test_numbers_in_one_text_are_found_in_its_order():
    found = personal_data_in("13800138000/0731-88888888，11010519491231002X")

    assert [finding.kind for finding in found] == ["mobile", "landline", "identity"]
