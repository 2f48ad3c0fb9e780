"""The columns of the two tables: one line each. A further one is a line here, and whoever writes the field."""

from collections.abc import Callable

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext as _

from accounts.choices import PostKind, Tier
from accounts.posts.forms import CHAT_ID, PHONE
from common.documents.table_files import BadCell, Column, code, day, not_shortened
from common.text.typed import plain, tidy


def one_of(choices: type[Tier] | type[PostKind]) -> Callable[[str], str]:
    """A reader of a choice by its name in code or by its label in either language; what is none stays as written."""
    labels = {tier: value for value, words in LABELS.items() for tier in words}

    def read(text: str) -> str:
        found = plain(text).casefold()
        return found if found in choices.values else labels.get(found, found)

    return read


#: What the tiers and posts are called in Chinese tables.
LABELS = {
    "province": ("省", "省级"), "city": ("市", "市级", "地市"), "county": ("县", "区", "县级", "区县"),
    "township": ("乡", "镇", "街道", "乡镇", "乡级"), "village": ("村", "社区", "村级", "村居"),
    "director": ("局长",), "deputy_director": ("副局长",), "duty_leader": ("带班领导",), "duty_officer": ("值班员",),
    "petition_director": ("信访科长", "信访负责人"), "office_head": ("所长", "司法所长"), "receiving_leader": ("接访领导",), "clerk": ("文书", "内勤"),
    "informant": ("信息员",), "squad": ("专班", "专班成员"), "first_responder": ("先期处置人员",), "expert": ("专家",),
    "auditor": ("审计员",), "sysadmin": ("系统管理员",), "secadmin": ("安全管理员",),
}  # fmt: skip


def phone(text: str) -> str:
    found = not_shortened(text)
    try:
        if found:
            PHONE(found)
    except ValidationError:
        raise BadCell(
            _("“%(found)s” is no telephone number. Write it like 0500-8100000.") % {"found": found}
        ) from None
    return found


def email(text: str) -> str:
    found = tidy(text)
    try:
        if found:
            validate_email(found)
    except ValidationError:
        raise BadCell(
            _("“%(found)s” is no e-mail address. Write it like name@example.cn.") % {"found": found}
        ) from None
    return found


def chat_id(text: str) -> str:
    found = not_shortened(text)
    try:
        if found:
            CHAT_ID(found)
    except ValidationError:
        raise BadCell(
            _("“%(found)s” is no user id for chat messages. Write one person's, like zhangsan.")
            % {"found": found}
        ) from None
    return found


UNITS = (
    Column("code", ("编码", "单位编码", "代码"), code("unit_code")),
    Column("name", ("名称", "单位名称")),
    Column("tier", ("层级", "级别"), one_of(Tier)),
    Column("parent_code", ("上级编码", "上级单位编码", "上级代码"), code("unit_code")),
)

PEOPLE = (
    Column("username", ("账号", "用户名"), code("username")),
    Column("name", ("姓名",)),
    Column("phone", ("电话", "手机", "联系电话"), phone),
    Column("unit_code", ("单位编码", "单位代码"), code("unit_code")),
    Column("post_kind", ("岗位类别", "岗位种类"), one_of(PostKind)),
    Column("post_title", ("岗位名称", "职务")),
    Column("squad", ("专班",), code("squad")),
    Column("from", ("任职开始", "开始"), day),
    Column("to", ("任职结束", "结束"), day),
    Column("email", ("邮箱", "电子邮件"), email, is_needed=False),
    Column("chat_id", ("即时通讯账号", "企业微信账号", "钉钉账号", "飞书账号"), chat_id, is_needed=False),
)

#: Fields of an account that a further import may change; an empty cell leaves them as they are.
CHANGEABLE = ("phone", "email", "chat_id")
#: What is listed of them: the last figures are enough to see which number it is.
SHOWN = {
    "phone": lambda number: f"…{number[-4:]}" if len(number) > 4 else number,
    "email": str,
    "chat_id": str,
}
