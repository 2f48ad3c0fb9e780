"""What the tests of written reports share."""

from django.conf import settings

PLAN = "cn-unit-petition-stability-002"
WEEK, MONTH, QUARTER = "C002-11", "C002-12", "C002-13"
TEXTS = {"analysis": "欠薪为主", "judgement": "总体可控", "outlook": "年底前后上升"}
LINE = {"class": "labour", "what": "工地欠薪", "measure": "约谈企业", "responsible": "城关镇司法所",
        "deadline": "2026-11-30", "matter": ""}  # fmt: skip


def text_of(name: str) -> str:
    return (settings.BASE_DIR / "plans/library" / name).read_text()
