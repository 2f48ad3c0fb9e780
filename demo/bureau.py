"""The demo bureau: a city with 3 counties, 12 townships and 60 villages, and the people who hold its posts.

Usernames follow one pattern, so that a reader of the walk-through can guess them: `city.director`,
`county1.duty`, `town11.head`, `village111.informant`. The code of a unit is its letter and its digits.
"""

from typing import NamedTuple

from accounts.choices import HeldAs, Tier
from accounts.choices import PostKind as P
from accounts.models import Post, Unit, User
from accounts.posts.actions import appoint_person, create_unit


class Chair(NamedTuple):
    """A post and who sits on it: the second half of the username, the post, the person's name."""

    login: str
    kind: str
    title: str
    title_en: str
    person: str
    squad: str = ""
    held_as: str = HeldAs.HOLDER


CITY = [
    Chair("director", P.DIRECTOR, "市局局长", "City director", "周正"),
    Chair("deputy", P.DEPUTY_DIRECTOR, "市局副局长", "City deputy director", "林岚"),
    Chair("leader", P.DUTY_LEADER, "市局带班领导", "City duty leader", "许航"),
    Chair("duty", P.DUTY_OFFICER, "市局值班员", "City duty officer", "沈静"),
    Chair("audit", P.AUDITOR, "安全审计员", "Auditor", "郑明"),
    Chair("sysadmin", P.SYSADMIN, "系统管理员", "System administrator", "吴迪"),
    Chair("secadmin", P.SECADMIN, "安全管理员", "Security administrator", "冯宁"),
]
COUNTY = [
    Chair("director", P.DIRECTOR, "县局局长", "County director", "高远"),
    Chair("deputy", P.DEPUTY_DIRECTOR, "县局副局长", "County deputy director", "蒋文"),
    Chair("leader", P.DUTY_LEADER, "县局带班领导", "County duty leader", "秦川"),
    Chair("duty", P.DUTY_OFFICER, "县局值班员", "County duty officer", "何雨"),
    Chair("petition", P.PETITION_DIRECTOR, "信访办主任", "Head of the petition office", "罗平"),
    Chair("responder", P.FIRST_RESPONDER, "第一响应人", "First responder", "马骏"),
    Chair("expert", P.EXPERT, "智囊团专家", "Expert", "唐老师"),
    Chair("squad.perimeter", P.SQUAD, "稳控专班", "Perimeter squad", "韩冰", "perimeter"),
    Chair("squad.dialogue", P.SQUAD, "对话专班", "Dialogue squad", "曹颖", "dialogue"),
    Chair("squad.public_info", P.SQUAD, "舆情专班", "Public information squad", "袁莉", "public_info"),
    Chair("squad.support", P.SQUAD, "保障专班", "Support squad", "邓强", "support"),
    Chair("squad.inquiry", P.SQUAD, "调查专班", "Inquiry squad", "彭越", "inquiry"),
]
TOWNSHIP = [
    Chair("head", P.OFFICE_HEAD, "司法所所长", "Head of the judicial office", "丁所"),
    Chair("clerk", P.CLERK, "司法所文书", "Clerk", "梅文书"),
]
VILLAGE = [Chair("informant", P.INFORMANT, "村信息员", "Village informant", "石信息员")]

COUNTIES = ["清河县", "东岭县", "南浦县"]
TOWNSHIPS = ["城关镇", "柳林镇", "石桥镇", "白杨乡"]
VILLAGES = ["一村", "二村", "三村", "四村", "五村"]


def build(*, now, actor=None, counties=3, townships=4, villages=5) -> dict[str, User]:
    """Create units, posts, people and appointments. Returns people by username; none has a password yet."""
    people: dict[str, User] = {}
    city = create_unit(code="C0", name="江州市司法局", name_en="Jiangzhou City Justice Bureau", tier=Tier.CITY,
                       parent=None, actor=actor, now=now, phone="0500-8100000")  # fmt: skip
    _seat(people, city, "city", CITY, actor, now)
    for c in range(1, counties + 1):
        county = create_unit(code=f"C{c}", name=f"{COUNTIES[c - 1]}司法局", name_en=f"County {c} Justice Bureau",
                             tier=Tier.COUNTY, parent=city, actor=actor, now=now, phone=f"0500-82{c}0000")  # fmt: skip
        _seat(people, county, f"county{c}", COUNTY, actor, now)
        for t in range(1, townships + 1):
            _township(people, county, c, t, villages, actor, now)
    return people


def _township(people, county: Unit, c: int, t: int, villages: int, actor, now) -> None:
    town = create_unit(code=f"T{c}{t}", name=f"{TOWNSHIPS[t - 1]}司法所", name_en=f"Township {c}{t} judicial office",
                       tier=Tier.TOWNSHIP, parent=county, actor=actor, now=now, phone=f"0500-83{c}{t}000")  # fmt: skip
    _seat(people, town, f"town{c}{t}", TOWNSHIP, actor, now)
    for v in range(1, villages + 1):
        village = create_unit(code=f"V{c}{t}{v}", name=f"{TOWNSHIPS[t - 1][:-1]}{VILLAGES[v - 1]}",
                              name_en=f"Village {c}{t}{v}", tier=Tier.VILLAGE, parent=town, actor=actor, now=now,
                              phone=f"0500-84{c}{t}{v}00")  # fmt: skip
        _seat(people, village, f"village{c}{t}{v}", VILLAGE, actor, now)


def _seat(people, unit: Unit, prefix: str, chairs: list[Chair], actor, now) -> None:
    for chair in chairs:
        post = Post.objects.create(
            unit=unit, kind=chair.kind, squad=chair.squad, title=chair.title, title_en=chair.title_en
        )
        username = f"{prefix}.{chair.login}"
        person = User(username=username, name=chair.person, phone=f"1390000{len(people):04d}")
        person.set_unusable_password()
        person.save()
        people[username] = person
        appoint_person(person=person, post=post, held_as=chair.held_as, actor=actor, now=now)
