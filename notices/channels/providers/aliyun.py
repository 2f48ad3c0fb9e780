"""Alibaba Cloud: SendSms (Dysmsapi 2017-05-25) and SingleCallByTts (Dyvmsapi 2017-05-25), signed with V3.

https://help.aliyun.com/zh/sdk/product-overview/v3-request-structure-and-signature (ACS3-HMAC-SHA256; V1 and V2 are to
be replaced by it) · …/zh/sms/developer-reference/smsreport-2 · …/zh/vms/voicereport-7
"""

import hashlib
import hmac
import json
import uuid
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote, urlsplit

from notices.channels import SendResult
from notices.channels.answers import Answer
from notices.channels.providers import Account, Outgoing, Provider, Request, Told
from notices.channels.providers.answers import (
    ACCOUNT,
    BUSY,
    KEY,
    LIMIT,
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

ALGORITHM = "ACS3-HMAC-SHA256"
VERSION = "2017-05-25"
#: https://help.aliyun.com/zh/sms/developer-reference/api-error-codes, …/zh/vms/error-codes
CODES = {
    "isv.BUSINESS_LIMIT_CONTROL": BUSY,
    "Throttling": BUSY,
    "isp.SYSTEM_ERROR": "",
    "isv.MOBILE_NUMBER_ILLEGAL": NUMBER,
    "isv.MOBILE_COUNT_OVER_LIMIT": NUMBER,
    "isv.INVALID_PARAMETERS": TEXT,
    "isv.INVALID_JSON_PARAM": TEXT,
    "isv.PARAM_LENGTH_LIMIT": TEXT,
    "isv.PARAM_NOT_SUPPORT_URL": TEXT,
    "isv.BLACK_KEY_CONTROL_LIMIT": TEXT,
    "isv.SMS_TEMPLATE_ILLEGAL": TEMPLATE,
    "isv.TEMPLATE_MISSING_PARAMETERS": TEMPLATE,
    "isv.TEMPLATE_PARAMS_ILLEGAL": TEMPLATE,
    "isv.TTS_TEMPLATE_ILLEGAL": TEMPLATE,
    "isv.SMS_SIGNATURE_ILLEGAL": SIGN,
    "isv.SMS_SIGNATURE_SCENE_ILLEGAL": SIGN,
    "isv.SMS_SIGN_ILLEGAL": SIGN,
    "isv.DISPLAY_NUMBER_ILLEGAL": SIGN,
    "isv.AMOUNT_NOT_ENOUGH": ACCOUNT,
    "isv.OUT_OF_SERVICE": ACCOUNT,
    "isv.ACCOUNT": ACCOUNT,
    "isv.PRODUCT_UN_SUBSCRIPT": ACCOUNT,
    "isp.RAM_PERMISSION_DENY": KEY,
    "SignatureDoesNotMatch": KEY,
    "IncompleteSignature": KEY,
    "InvalidAccessKeyId": KEY,
    "InvalidTimeStamp": KEY,
    "Forbidden": KEY,
}


def request(message: Outgoing, account: Account, now: datetime) -> Request:
    template = message.template
    assert template is not None, "this provider sends approved templates only"
    values = json.dumps(template.values, ensure_ascii=False)
    if message.channel == "voice":
        action, url = "SingleCallByTts", account.voice_url
        query = {"CalledNumber": message.to, "TtsCode": template.code, "TtsParam": values}
        query |= {"CalledShowNumber": account.voice_number} if account.voice_number else {}
    else:
        action, url = "SendSms", account.url
        query = {"PhoneNumbers": message.to, "TemplateCode": template.code, "TemplateParam": values}
        query |= {"SignName": template.sign}
    query |= {"OutId": message.reference}
    # Only where it is asked for: a service that stands for one region does not know the word.
    query |= {"RegionId": account.region} if account.region else {}
    return signed("POST", url, query, action, VERSION, account, now, uuid.uuid4().hex)


def signed(
    method: str, url: str, query: Mapping[str, str], action: str, version: str, account: Account, now: datetime, nonce: str
) -> Request:  # fmt: skip
    """A request of the RPC style: everything in the query, nothing in the body."""
    parts = urlsplit(url)
    path = parts.path or "/"
    line = "&".join(f"{_quoted(name)}={_quoted(query[name])}" for name in sorted(query))
    headers = {
        "host": parts.netloc,
        "x-acs-action": action,
        "x-acs-content-sha256": hashlib.sha256(b"").hexdigest(),
        "x-acs-date": now.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "x-acs-signature-nonce": nonce,
        "x-acs-version": version,
    }
    names = ";".join(sorted(headers))
    lines = "".join(f"{name}:{headers[name].strip()}\n" for name in sorted(headers))
    whole = "\n".join([method, path, line, lines, names, headers["x-acs-content-sha256"]])
    what = f"{ALGORITHM}\n{hashlib.sha256(whole.encode()).hexdigest()}"
    signature = hmac.new(account.secret.encode(), what.encode(), hashlib.sha256).hexdigest()
    headers["Authorization"] = (
        f"{ALGORITHM} Credential={account.key},SignedHeaders={names},Signature={signature}"
    )
    return Request(f"{parts.scheme}://{parts.netloc}{path}?{line}", b"", headers)


def _quoted(text: str) -> str:
    return quote(text, safe="-_.~")


def read(answer: Answer) -> SendResult:
    said = body_of(answer)
    code = str(said.get("Code", ""))
    if code == "OK":
        return taken_as(said.get("BizId") or said.get("CallId"))
    if not code:
        return refusal(BUSY if answer.status == 429 else "", str(answer.status))
    message = str(said.get("Message", ""))
    if code == "isv.BUSINESS_LIMIT_CONTROL" and any(word in message for word in _LONG):
        # So many to one number in an hour or a day: no use in waiting, another way is taken.
        return refusal(LIMIT, code)
    return refusal(kind_of(code, CODES), code)


_LONG = ("天级", "小时级", "day", "hour", "Day", "Hour")


def pushed(body: Any) -> list[Told]:
    """SmsReport, SmsUp and VoiceReport (HTTP batch push): told apart by what they hold."""
    found: list[Told] = []
    for one in objects(body):
        if "call_id" in one:
            found += _call(one)
        elif "biz_id" in one:
            event = "delivered" if one["success"] in (True, "true") else "failed"
            found.append(_report(one, event, one.get("report_time"), str(one["biz_id"])))
        else:
            at = local_moment(one.get("send_time"))
            number = str(one.get("sequence_id", ""))
            found.append(Told("reply", at, number, reply=str(one["content"]), phone=str(one["phone_number"])))
    return found


def _call(one: Mapping[str, Any]) -> list[Told]:
    number, ended = str(one["call_id"]), one.get("end_time") or one.get("status_time")
    # A call that nobody took has no time at which it was taken.
    if not one.get("start_time"):
        return [_report(one, "failed", ended or one.get("originate_time"), number)]
    found = [_report(one, "heard", one["start_time"], number)]
    if keys := str(one.get("dtmf") or "").strip():
        found.append(_report(one, "reply", ended, number)._replace(reply=keys))
    return found


def _report(one: Mapping[str, Any], event: str, at: Any, number: str) -> Told:
    return Told(event, local_moment(at), number, reference=str(one.get("out_id") or ""))


PROVIDER = Provider(
    channels=("sms", "voice"),
    templates_on=("sms", "voice"),
    # 通知短信变量：1–35 字符, https://help.aliyun.com/zh/sms/user-guide/message-template-specifications
    variable_limit=35,
    request=request,
    read=read,
    pushed=pushed,
    thanks={"code": 0, "msg": "接收成功"},
)
