"""Tencent Cloud: SendSms (2021-01-11), signed with TC3-HMAC-SHA256. Its calls are another product and are not used.

https://cloud.tencent.com/document/api/382/52072 (signature) · …/382/55981 (SendSms) · …/382/59177, 59178 (callbacks)
"""

import hashlib
import hmac
import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

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
from notices.channels.providers.pushes import local_moment, moment_of_seconds, objects

ALGORITHM = "TC3-HMAC-SHA256"
SERVICE, VERSION, ACTION = "sms", "2021-01-11", "SendSms"
CONTENT_TYPE = "application/json; charset=utf-8"
#: https://cloud.tencent.com/document/api/382/52075
CODES = {
    "RequestLimitExceeded": BUSY,
    "LimitExceeded.DeliveryFrequencyLimit": BUSY,
    "LimitExceeded.PhoneNumberThirtySecondLimit": BUSY,
    "LimitExceeded.PhoneNumberOneHourLimit": LIMIT,
    "LimitExceeded.PhoneNumberDailyLimit": LIMIT,
    "LimitExceeded.AppDailyLimit": LIMIT,
    "LimitExceeded.DailyLimit": LIMIT,
    "LimitExceeded.PhoneNumberSameContentDailyLimit": LIMIT,
    "InternalError": "",
    "InvalidParameterValue.IncorrectPhoneNumber": NUMBER,
    "UnsupportedOperation.": NUMBER,
    "FailedOperation.PhoneNumberInBlacklist": NUMBER,
    "InvalidParameterValue.ContentLengthLimit": TEXT,
    "FailedOperation.ContainSensitiveWord": TEXT,
    "InvalidParameterValue.TemplateParameterLengthLimit": TEXT,
    "InvalidParameterValue.ProhibitedUseUrlInTemplateParameter": TEXT,
    "InvalidParameterValue.TemplateParameterFormatError": TEMPLATE,
    "FailedOperation.TemplateIncorrectOrUnapproved": TEMPLATE,
    "FailedOperation.TemplateUnapprovedOrNotExist": TEMPLATE,
    "FailedOperation.TemplateParamSetNotMatchApprovedTemplate": TEMPLATE,
    "FailedOperation.TemplateIdNotExist": TEMPLATE,
    "FailedOperation.SignatureIncorrectOrUnapproved": SIGN,
    "FailedOperation.InsufficientBalanceInSmsPackage": ACCOUNT,
    "UnauthorizedOperation": ACCOUNT,
    "InvalidParameterValue.SdkAppIdNotExist": ACCOUNT,
    "AuthFailure": KEY,
}


def request(message: Outgoing, account: Account, now: datetime) -> Request:
    template = message.template
    assert template is not None, "this provider sends approved templates only"
    body = {
        "PhoneNumberSet": [f"+86{message.to}"],
        "SmsSdkAppId": account.app,
        "SignName": template.sign,
        "TemplateId": template.code,
        "TemplateParamSet": list(template.values.values()),
        "SessionContext": message.reference,
    }
    text = json.dumps(body, ensure_ascii=False).encode()
    signed = {
        "content-type": CONTENT_TYPE,
        "host": urlsplit(account.url).netloc,
        "x-tc-action": ACTION.lower(),
    }
    authorization = authorized(text, signed, account, now, SERVICE)
    headers = {
        "Authorization": authorization,
        "Content-Type": CONTENT_TYPE,
        "X-TC-Action": ACTION,
        "X-TC-Version": VERSION,
        "X-TC-Timestamp": str(int(now.timestamp())),
        **({"X-TC-Region": account.region} if account.region else {}),
    }
    return Request(account.url, text, headers)


def authorized(body: bytes, headers: Mapping[str, str], account: Account, now: datetime, service: str) -> str:
    """The header Authorization of a POST to the root of an address. `headers`: those that are signed, by name."""
    stamp, day = str(int(now.timestamp())), now.astimezone(UTC).strftime("%Y-%m-%d")
    names = ";".join(headers)
    lines = "".join(f"{name}:{value}\n" for name, value in headers.items())
    whole = "\n".join(["POST", "/", "", lines, names, hashlib.sha256(body).hexdigest()])
    scope = f"{day}/{service}/tc3_request"
    what = "\n".join([ALGORITHM, stamp, scope, hashlib.sha256(whole.encode()).hexdigest()])
    key = f"TC3{account.secret}".encode()
    for part in (day, service, "tc3_request"):
        key = hmac.new(key, part.encode(), hashlib.sha256).digest()
    signature = hmac.new(key, what.encode(), hashlib.sha256).hexdigest()
    return f"{ALGORITHM} Credential={account.key}/{scope}, SignedHeaders={names}, Signature={signature}"


def read(answer: Answer) -> SendResult:
    """Two places for a code: the request's as a whole, and that of the one number in it."""
    said = body_of(answer).get("Response")
    if not isinstance(said, dict):
        return refusal(BUSY if answer.status == 429 else "", str(answer.status))
    if isinstance(error := said.get("Error"), dict):
        code = str(error.get("Code", ""))
        return refusal(kind_of(code, CODES), code)
    rows = said.get("SendStatusSet")
    row = rows[0] if isinstance(rows, list) and rows and isinstance(rows[0], dict) else {}
    code = str(row.get("Code", ""))
    return taken_as(row.get("SerialNo")) if code == "Ok" else refusal(kind_of(code, CODES), code)


def pushed(body: Any) -> list[Told]:
    """Status notifications and replies: told apart by what they hold."""
    return [_reply(one) if "text" in one else _report(one) for one in objects(body)]


def _report(one: Mapping[str, Any]) -> Told:
    event = "delivered" if one["report_status"] == "SUCCESS" else "failed"
    return Told(event, local_moment(one.get("user_receive_time")), str(one["sid"]))


def _reply(one: Mapping[str, Any]) -> Told:
    return Told("reply", moment_of_seconds(one.get("time")), reply=str(one["text"]), phone=str(one["mobile"]))


PROVIDER = Provider(
    channels=("sms",),
    templates_on=("sms",),
    # A variable of a notice of a verified enterprise: the console allows 12 by default and more on application; what
    # was approved is written down for each template.
    variable_limit=12,
    request=request,
    read=read,
    pushed=pushed,
    thanks={"result": 0, "errmsg": "OK"},
)
