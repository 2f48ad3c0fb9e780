"""China Mobile's 云MAS over HTTP: plain text (norsubmit), or a template where one is named (tmpsubmit).

《云MAS业务平台_HTTP接口规范》: JSON, base64, `mac` is the MD5 of the fields joined in their order. MD5 is theirs; what
keeps a request to itself is HTTPS, so the address should be one.
"""

import base64
import hashlib
import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from notices.channels import SendResult
from notices.channels.answers import Answer
from notices.channels.providers import Account, Outgoing, Provider, Request, Told
from notices.channels.providers.answers import (
    ACCOUNT,
    BUSY,
    KEY,
    NUMBER,
    SIGN,
    TEMPLATE,
    TEXT,
    body_of,
    kind_of,
    refusal,
    taken_as,
)  # fmt: skip
from notices.channels.providers.pushes import local_moment, objects

CODES = {
    "IllegalMac": KEY,
    "InvalidUsrOrPwd": KEY,
    "IllegalSignId": SIGN,
    "NoSignId": SIGN,
    "InvalidMessage": TEXT,
    "TooManyMobiles": NUMBER,
    "InvalidMobile": NUMBER,
    "IllegalTemplate": TEMPLATE,
    "InvalidTemplate": TEMPLATE,
    "NoPermission": ACCOUNT,
    "NotEnoughBalance": ACCOUNT,
    "OverFlow": BUSY,
    "TooManyRequest": BUSY,
}


def request(message: Outgoing, account: Account, now: datetime) -> Request:
    template = message.template
    fields = {"ecName": account.app, "apId": account.key, "secretKey": account.secret}
    if template:
        values = json.dumps(list(template.values.values()), ensure_ascii=False)
        fields |= {"templateId": template.code, "mobiles": message.to, "params": values}
    else:
        fields |= {"mobiles": message.to, "content": message.text}
    fields |= {"sign": template.sign if template else account.sign, "addSerial": account.extension}
    mac = hashlib.md5("".join(fields.values()).encode(), usedforsecurity=False).hexdigest()
    # The secret is in the sum and never in the request.
    body = {name: value for name, value in fields.items() if name != "secretKey"} | {"mac": mac}
    text = base64.b64encode(json.dumps(body, ensure_ascii=False).encode())
    return Request(f"{account.url.rstrip('/')}/{'tmpsubmit' if template else 'norsubmit'}", text, {})


def read(answer: Answer) -> SendResult:
    said = body_of(answer)
    code = str(said.get("rspcod", ""))
    if said.get("success") in (True, "true") and code in ("", "success"):
        return taken_as(said.get("msgGroup"))
    if not code:
        return refusal(BUSY if answer.status == 429 else "", str(answer.status))
    return refusal(kind_of(code, CODES), code)


def pushed(body: Any) -> list[Told]:
    """Status reports and replies, one object or several."""
    return [_reply(one) if "smsContent" in one else _report(one) for one in objects(body)]


def _report(one: Mapping[str, Any]) -> Told:
    is_there = one["errorCode"] == "DELIVRD" or one.get("reportStatus") == "CM:0000"
    event = "delivered" if is_there else "failed"
    return Told(event, local_moment(one.get("receiveDate")), str(one["msgGroup"]))


def _reply(one: Mapping[str, Any]) -> Told:
    at = local_moment(one.get("sendTime"))
    return Told("reply", at, reply=str(one["smsContent"]), phone=str(one["mobile"]))


PROVIDER = Provider(
    channels=("sms",),
    templates_on=(),
    variable_limit=100,
    request=request,
    read=read,
    pushed=pushed,
    thanks={"success": True},
)
