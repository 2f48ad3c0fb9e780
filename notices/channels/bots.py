"""Robots of chat groups: one message to the group, naming the people it is for. Addresses are configured.

WeCom and DingTalk name people by their telephone number, Feishu in the text only.
"""

import base64
import hashlib
import hmac
import time
from collections.abc import Sequence
from urllib.parse import urlencode

from django.conf import settings

from notices.channels import SendResult
from notices.channels.answers import Answer, Unanswered
from notices.channels.http import LATER, post, wait_asked
from notices.channels.texts import in_one_line, text_of
from notices.choices import Channel
from notices.models import Notice


def send(notices: Sequence[Notice], timeout: float) -> SendResult:
    """Say it in the group. These robots know no key: an answer that gets lost may be said twice."""
    channel = Channel(notices[0].channel)
    url, body = _REQUESTS[channel](settings.NOTICE_BOTS[channel], _text(notices), _numbers(notices))
    try:
        answer = post(url, body, timeout)
    except Unanswered as error:
        return SendResult("again", error=str(error))
    return _read(answer)


def wecom(url: str, text: str, numbers: list[str]) -> tuple[str, dict]:
    """https://developer.work.weixin.qq.com/document/path/91770"""
    return url, {"msgtype": "text", "text": {"content": text, "mentioned_mobile_list": numbers}}


def dingtalk(url: str, text: str, numbers: list[str]) -> tuple[str, dict]:
    """https://open.dingtalk.com/document/robots/custom-robot-access"""
    if secret := settings.NOTICE_BOT_SECRETS["dingtalk"]:
        stamp = str(round(time.time() * 1000))
        signature = _hmac(secret, f"{stamp}\n{secret}")
        url = f"{url}{'&' if '?' in url else '?'}{urlencode({'timestamp': stamp, 'sign': signature})}"
    return url, {"msgtype": "text", "text": {"content": text}, "at": {"atMobiles": numbers}}


def feishu(url: str, text: str, numbers: list[str]) -> tuple[str, dict]:
    """https://open.feishu.cn/document/client-docs/bot-v3/add-custom-bot"""
    body: dict = {"msg_type": "text", "content": {"text": text}}
    if secret := settings.NOTICE_BOT_SECRETS["feishu"]:
        stamp = str(int(time.time()))
        body |= {"timestamp": stamp, "sign": _hmac(f"{stamp}\n{secret}", "")}
    return url, body


#: WeCom takes 2,048 bytes of text, the others twenty thousand.
MOST_BYTES = 2048
_TAGS = str.maketrans("<>", "＜＞")
_REQUESTS = {Channel.WECOM: wecom, Channel.DINGTALK: dingtalk, Channel.FEISHU: feishu}
#: The group asks for patience: tried again. Everything else it says no to stays no.
_TOO_MANY = {45009, 130101, 9499, 11232}


def _text(notices: Sequence[Notice]) -> str:
    """The text, then whom it is for: as many names as the shortest of the three takes."""
    text = cut_to(without_markup(text_of(notices)), MOST_BYTES)
    names = list(dict.fromkeys(without_markup(in_one_line(f"@{notice.recipient}")) for notice in notices))
    for count in range(len(names), 0, -1):
        more = "" if count == len(names) else "…"
        whole = f"{text}\n{'、'.join(names[:count])}{more}"
        if len(whole.encode()) <= MOST_BYTES:
            return whole
    return text


def without_markup(text: str) -> str:
    """Feishu reads tags in a plain text: `<at user_id="all">` would ring with everybody in the group."""
    return text.translate(_TAGS)


def cut_to(text: str, most: int) -> str:
    """At most so many bytes; the last three are “…” where something is left out."""
    return text if len(text.encode()) <= most else text.encode()[: most - 3].decode(errors="ignore") + "…"


def _numbers(notices: Sequence[Notice]) -> list[str]:
    return sorted({notice.recipient.phone for notice in notices if notice.recipient.phone})


def _hmac(secret: str, text: str) -> str:
    return base64.b64encode(hmac.new(secret.encode(), text.encode(), hashlib.sha256).digest()).decode()


def _read(answer: Answer) -> SendResult:
    """All three answer 200 with a code of their own: 0 is yes."""
    status = answer.status
    if status >= 500 or 300 <= status < 400 or status in LATER:
        wait = wait_asked(answer) if status in LATER else None
        return SendResult("again", error=f"the group answered {status}", wait=wait)
    try:
        said = answer.json()
        code = int(said.get("errcode", said.get("code", said.get("StatusCode", -1))))
    except (ValueError, TypeError, AttributeError, RecursionError):
        code = -1
    if status < 300 and code == 0:
        return SendResult("sent")
    return SendResult("again" if code in _TOO_MANY else "never", error=f"the group refused it ({code})")
