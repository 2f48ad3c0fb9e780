"""What the demo bureau can call on, written down by those who keep it."""

from datetime import datetime, timedelta

from accounts.models import Unit, User
from accounts.scope import reach_of
from common.dates.local_time import day_of
from resources.experts.actions import add_expert, set_away
from resources.materials.actions import add_material, check_kit, move_material
from resources.materials.queries import kits_at
from resources.partners.actions import add_partner, check_partner
from resources.trainings.actions import record_training

#: Unit, who writes it down, kind, name, telephone, what for; whether the number was checked.
PARTNERS = (
    ("C0", "city.duty", "ambulance", "市急救中心", "120", "人身危险，先救人", True),
    ("C0", "city.duty", "fire", "市消防救援支队", "119", "火情、攀爬、自焚威胁", True),
    ("C0", "city.duty", "police", "市公安局指挥中心", "110", "到场维持秩序", True),
    ("C0", "city.duty", "linkage_centre", "市应急联动中心", "0500-8112345", "联动指令和反馈", True),
    ("C0", "city.duty", "petition_bureau", "市信访局值班室", "0500-8116601", "联合接访", False),
    ("C1", "county1.duty", "police", "清河县公安局指挥中心", "0500-8210110", "到场维持秩序", True),
    ("C1", "county1.duty", "traffic", "清河县交警大队", "0500-8210122", "路面疏导", True),
    ("C1", "county1.duty", "health", "清河县人民医院急诊", "0500-8210120", "警医联动绿色通道", True),
    ("C1", "county1.duty", "petition_bureau", "清河县信访局", "0500-8216601", "联合接访", True),
    ("C1", "county1.duty", "market_supervision", "清河县市场监督管理局", "0500-8212315", "收费争议", False),
    ("C1", "county1.duty", "urban_management", "清河县综合行政执法局", "0500-8212319", "场地、占道", False),
    ("C1", "county1.duty", "housing", "清河县住房城乡建设局", "0500-8212329", "房屋、拆迁", False),
    ("C2", "county2.duty", "police", "东岭县公安局指挥中心", "0500-8220110", "到场维持秩序", True),
    ("C3", "county3.duty", "police", "南浦县公安局指挥中心", "0500-8230110", "到场维持秩序", True),
    ("T11", "town11.clerk", "police_station", "城关派出所", "0500-8311110", "先到场", True),
    ("T11", "town11.clerk", "health_centre", "城关镇卫生院", "0500-8311120", "伤病员", True),
    (
        "T11",
        "town11.clerk",
        "village_committee",
        "城关一村村民委员会",
        "0500-8311001",
        "了解情况、劝导",
        False,
    ),
)


#: Unit, who writes it down, kind of the plan's pool or none, what they are asked about, name, organisation.
EXPERTS = (
    ("C0", "city.duty", "retired_judge", "民事审判", "程老师", "市中级人民法院（退休）"),
    ("C0", "city.duty", "retired_prosecutor", "刑事检察", "陆老师", "市人民检察院（退休）"),
    ("C0", "city.duty", "psychology_professor", "危机干预", "白教授", "江州师范大学"),
    ("C0", "city.duty", "media_commentator", "", "文老师", "江州日报社"),
    ("C1", "county1.duty", "retired_judge", "调解协议效力", "唐老师", "清河县人民法院（退休）"),
    ("C1", "county1.duty", "psychology_professor", "情绪疏导", "夏老师", "清河县人民医院"),
    ("C1", "county1.duty", "", "公证、遗嘱", "顾老师", "清河公证处"),
)
#: Unit, keeper, item of a kit, name, counted in, place, minimum, days until it expires, received, issued.
MATERIALS = (
    ("C1", "county1.duty", "support/aed", "AED除颤仪", "台", "一楼接访大厅", 1, 400, 1, 0),
    ("C1", "county1.duty", "support/loudhailers", "手持喇叭", "个", "值班室柜", 4, None, 6, 2),
    ("C1", "county1.duty", "support/rain_gear", "雨衣", "件", "后勤库房", 20, None, 12, 0),
    ("C1", "county1.duty", "support/epidemic_kit", "医用口罩", "盒", "后勤库房", 5, -3, 8, 0),
    ("C1", "county1.duty", "support/lights", "应急照明灯", "盏", "后勤库房", 4, None, 5, 1),
    ("C1", "county1.duty", "", "饮用水", "箱", "接访大厅", 3, 120, 5, 0),
    ("T34", "town34.clerk", "first_aid/bandages", "止血绷带", "卷", "接待室急救箱", 4, 200, 6, 0),
    ("T34", "town34.clerk", "first_aid/blood_pressure", "降压药", "盒", "接待室急救箱", 1, 20, 1, 0),
)
#: Whose kits were gone through, and what was not there.
CHECKED = (("C1", "county1.duty", ("board",)), ("T34", "town34.clerk", ("monitors",)))
#: Unit, who writes it down, part, audience, about what, days ago, who was there.
TRAININGS = (
    (
        "C3",
        "county3.director",
        "theory",
        "commanders",
        "应急联动职责与报告",
        40,
        ("county3.director", "county3.deputy"),
    ),
    (
        "C3",
        "county3.director",
        "operation",
        "managers",
        "接报、报到与反馈",
        12,
        ("county3.duty", "town31.head", "town32.head"),
    ),
    (
        "C3",
        "county3.director",
        "operation",
        "operators",
        "现场先期处置",
        400,
        ("town31.clerk", "county3.squad.dialogue"),
    ),
    ("C1", "county1.director", "theory", "managers", "预警签发流程", 20, ("county1.duty", "town11.head")),
)
#: Not available at present.
AWAY = "陆老师"


def seed(people: dict[str, User], now: datetime) -> None:
    _partners(people, now)
    _experts(people, now)
    _materials(people, now)
    _trainings(people, now)


def _trainings(people: dict[str, User], now: datetime) -> None:
    for code, username, part, audience, subject, ago, there in TRAININGS:
        record_training(
            reach=reach_of(people[username], now), unit=Unit.objects.get(code=code), part=part, audience=audience,
            subject=subject, held_on=day_of(now) - timedelta(days=ago), place="会议室",
            people=[people[name].pk for name in there], now=now,
        )  # fmt: skip


def _materials(people: dict[str, User], now: datetime) -> None:
    for code, username, kit_item, name, measure, place, minimum, days, received, issued in MATERIALS:
        reach, unit = reach_of(people[username], now), Unit.objects.get(code=code)
        material = add_material(
            reach=reach, unit=unit, name=name, measure=measure, place=place, minimum=minimum, kit_item=kit_item,
            expires_on=day_of(now) + timedelta(days=days) if days is not None else None, now=now,
        )  # fmt: skip
        moved = {"reach": reach, "material_id": material.pk, "now": now}
        if received:
            move_material(**moved, verb="received", quantity=received)
        if issued:
            move_material(**moved, verb="issued", quantity=issued, squad="support", note="接访大厅备用")
    for code, username, lacking in CHECKED:
        unit = Unit.objects.get(code=code)
        for kit in kits_at(unit, now):
            answers = {item.id: "missing" if item.id in lacking else "there" for item in kit.items}
            check_kit(
                reach=reach_of(people[username], now), unit=unit, kit_id=kit.id, answers=answers,
                note="交接班清点", now=now,
            )  # fmt: skip


def _experts(people: dict[str, User], now: datetime) -> None:
    for number, (code, username, kind, skill, name, organisation) in enumerate(EXPERTS):
        reach = reach_of(people[username], now)
        expert = add_expert(
            reach=reach, unit=Unit.objects.get(code=code), kind=kind, skill=skill, name=name,
            organisation=organisation, phone=f"1390009{number:04d}", now=now,
        )  # fmt: skip
        if name == AWAY:
            until = now + timedelta(days=3)
            set_away(reach=reach, expert_id=expert.pk, note="外出讲学", until=until, now=now)


def _partners(people: dict[str, User], now: datetime) -> None:
    for code, username, kind, name, phone, note, is_checked in PARTNERS:
        reach = reach_of(people[username], now)
        unit = Unit.objects.get(code=code)
        partner = add_partner(reach=reach, unit=unit, kind=kind, name=name, phone=phone, note=note, now=now)
        if is_checked:
            check_partner(reach=reach, partner_id=partner.pk, now=now)
