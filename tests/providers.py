"""The providers of text messages as servers on free ports. Each checks the signature by itself, as its documents say.

Nothing here comes from the product: a mistake in it would else be made twice and found by nobody.
"""

import base64
import hashlib
import hmac
import json
import re
import time
from datetime import UTC, datetime
from urllib.parse import parse_qsl, quote, urlsplit

from tests.gateways import Provider

#: Seconds that a request may be old.
FRESH = 15 * 60


def sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


class FakeProvider(Provider):
    """Modes: ok · throttled · limit · unknown · template · slow · twice (taken, then the line is cut) · no_id."""

    path = "/"
    delay = 0.0

    def __init__(self, key: str = "the key", secret: str = "the secret"):
        self.key, self.secret = key, secret
        self.received: list[dict] = []
        super().__init__()

    def answer(self, path, headers, body):
        if self.mode == "slow":
            self.release.wait(10)
        if not self.is_signed(path, headers, body):
            return self.refused("key")
        message = self.message(path, body)
        self.received.append(message)
        if self.mode == "twice" and len(self.received) == 1:
            return 503, {}
        return self.refused(self.mode) if self.mode in self.CODES else self.taken(len(self.received))

    def parse(self, method, path, headers, raw):
        return raw


class Aliyun(FakeProvider):
    """https://help.aliyun.com/zh/sdk/product-overview/v3-request-structure-and-signature"""

    CODES = {
        "key": (400, "SignatureDoesNotMatch"),
        "throttled": (200, "isv.BUSINESS_LIMIT_CONTROL"),
        "limit": (200, "isv.BUSINESS_LIMIT_CONTROL"),
        "template": (200, "isv.SMS_TEMPLATE_ILLEGAL"),
        "sign": (200, "isv.SMS_SIGNATURE_ILLEGAL"),
        "number": (200, "isv.MOBILE_NUMBER_ILLEGAL"),
        "text": (200, "isv.PARAM_LENGTH_LIMIT"),
        "account": (200, "isv.AMOUNT_NOT_ENOUGH"),
        "unknown": (500, "isp.SOMETHING_NEW"),
    }

    def is_signed(self, path, headers, body):
        given = re.fullmatch(
            r"ACS3-HMAC-SHA256 Credential=(.+?),SignedHeaders=(.+?),Signature=([0-9a-f]{64})",
            headers["Authorization"],
        )
        if not given or given[1] != self.key:
            return False
        names = given[2].split(";")
        if not {
            "host",
            "x-acs-action",
            "x-acs-version",
            "x-acs-date",
            "x-acs-signature-nonce",
            "x-acs-content-sha256",
        } <= set(names):
            return False
        at = datetime.strptime(headers["x-acs-date"], "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)
        if abs(at.timestamp() - time.time()) > FRESH or headers["x-acs-content-sha256"] != sha256(body):
            return False
        parts = urlsplit(path)
        pairs = sorted(
            (quote(name, safe="~"), quote(value, safe="~"))
            for name, value in parse_qsl(parts.query, keep_blank_values=True)
        )
        canonical = "POST\n" + parts.path + "\n" + "&".join(f"{name}={value}" for name, value in pairs) + "\n"
        for name in sorted(names):
            canonical += f"{name}:{headers[name].strip()}\n"
        canonical += "\n" + ";".join(sorted(names)) + "\n" + headers["x-acs-content-sha256"]
        to_sign = "ACS3-HMAC-SHA256\n" + sha256(canonical.encode())
        return given[3] == hmac.digest(self.secret.encode(), to_sign.encode(), "sha256").hex()

    def message(self, path, body):
        return dict(parse_qsl(urlsplit(path).query))

    def answer(self, path, headers, body):
        self.action = headers["x-acs-action"]
        return super().answer(path, headers, body)

    def refused(self, mode):
        status, code = self.CODES[mode]
        return status, {
            "Code": code,
            "Message": "触发天级流控Permits:40" if mode == "limit" else "触发分钟级流控",
        }

    def taken(self, count):
        if self.mode == "no_id":
            return 200, {"Code": "OK"}
        name = "CallId" if self.action == "SingleCallByTts" else "BizId"
        return 200, {"Code": "OK", "Message": "OK", "RequestId": "r", name: f"{count}^0"}


class Tencent(FakeProvider):
    """https://cloud.tencent.com/document/api/382/52072"""

    CODES = {
        "key": "AuthFailure.SignatureFailure",
        "throttled": "LimitExceeded.PhoneNumberThirtySecondLimit",
        "limit": "LimitExceeded.PhoneNumberDailyLimit",
        "template": "FailedOperation.TemplateIncorrectOrUnapproved",
        "sign": "FailedOperation.SignatureIncorrectOrUnapproved",
        "number": "InvalidParameterValue.IncorrectPhoneNumber",
        "text": "FailedOperation.ContainSensitiveWord",
        "account": "FailedOperation.InsufficientBalanceInSmsPackage",
        "unknown": "InternalError.OtherError",
    }

    def is_signed(self, path, headers, body):
        given = re.fullmatch(
            r"TC3-HMAC-SHA256 Credential=(.+?)/(\d{4}-\d\d-\d\d)/sms/tc3_request, SignedHeaders=(.+?), Signature=([0-9a-f]{64})",
            headers["Authorization"],
        )
        stamp = headers["X-TC-Timestamp"]
        if not given or given[1] != self.key or abs(int(stamp) - time.time()) > 5 * 60:
            return False
        if datetime.fromtimestamp(int(stamp), UTC).strftime("%Y-%m-%d") != given[2]:
            return False
        names = given[3].split(";")
        if not {"content-type", "host"} <= set(names) or names != sorted(names):
            return False
        canonical = "POST\n/\n\n"
        for name in names:
            canonical += f"{name}:{headers[name].strip().lower()}\n"
        canonical += "\n" + given[3] + "\n" + sha256(body)
        to_sign = f"TC3-HMAC-SHA256\n{stamp}\n{given[2]}/sms/tc3_request\n{sha256(canonical.encode())}"
        day = hmac.digest(b"TC3" + self.secret.encode(), given[2].encode(), "sha256")
        key = hmac.digest(hmac.digest(day, b"sms", "sha256"), b"tc3_request", "sha256")
        return given[4] == hmac.digest(key, to_sign.encode(), "sha256").hex()

    def message(self, path, body):
        return json.loads(body)

    def refused(self, mode):
        code = self.CODES[mode]
        if mode == "key":
            return 200, {"Response": {"Error": {"Code": code, "Message": "…"}, "RequestId": "r"}}
        return 200, {
            "Response": {"SendStatusSet": [{"SerialNo": "", "Code": code, "Message": "…"}], "RequestId": "r"}
        }

    def taken(self, count):
        number = "" if self.mode == "no_id" else f"2019:{count}"
        return 200, {
            "Response": {
                "SendStatusSet": [{"SerialNo": number, "Code": "Ok", "Message": "send success"}],
                "RequestId": "r",
            }
        }


class Mas(FakeProvider):
    """《云MAS业务平台_HTTP接口规范》; the key is the apId."""

    CODES = {
        "key": "IllegalMac",
        "throttled": "TooManyRequest",
        "template": "IllegalTemplate",
        "sign": "IllegalSignId",
        "number": "InvalidMobile",
        "text": "InvalidMessage",
        "account": "NotEnoughBalance",
        "unknown": "SomethingNew",
    }
    ec_name = "示例司法局"
    path = "/sms"

    def is_signed(self, path, headers, body):
        said = json.loads(base64.b64decode(body, validate=True))
        if said.get("apId") != self.key or said.get("ecName") != self.ec_name or "secretKey" in said:
            return False
        order = {
            "/sms/norsubmit": ("mobiles", "content", "sign", "addSerial"),
            "/sms/tmpsubmit": ("templateId", "mobiles", "params", "sign", "addSerial"),
        }[path]
        joined = self.ec_name + self.key + self.secret + "".join(said[name] for name in order)
        return said["mac"] == hashlib.md5(joined.encode()).hexdigest()

    def message(self, path, body):
        return json.loads(base64.b64decode(body)) | {"path": path}

    def refused(self, mode):
        return 200, {"rspcod": self.CODES[mode], "msgGroup": "", "success": False}

    def taken(self, count):
        return 200, {
            "rspcod": "success",
            "msgGroup": "" if self.mode == "no_id" else f"0101{count}",
            "success": True,
        }


ALL = {"aliyun": Aliyun, "tencent": Tencent, "mas": Mas}
