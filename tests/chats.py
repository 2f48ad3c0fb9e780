"""The chat services as servers on free ports. Each checks token, path and body by itself, as its documents say.

Nothing here comes from the product: a mistake in it would else be made twice and found by nobody.
"""

import json
import threading
from urllib.parse import parse_qsl, urlsplit

from tests.gateways import Provider


class FakeChat(Provider):
    """Modes: ok · user · limit · text · account · unknown · key · down · hang · late (taken, then no answer in time) ·
    twice (taken, then the line fails) · lie (200 and nothing in it) · flood (429).

    `token` is the one that is good now; `renew` ends it before its time. `tokens` counts how often one was given.
    """

    path = ""
    app, secret, agent = "the app", "the secret", ""

    def __init__(self):
        self.tokens = 0
        self.token = ""
        self.gives_stale = False
        self.received: list[dict] = []
        self.asked: list[str] = []
        self._lock = threading.Lock()
        super().__init__()

    def renew(self):
        self.token = ""

    def parse(self, method, path, headers, raw):
        return method, json.loads(raw) if raw else None

    def answer(self, path, headers, body):
        method, said = body
        parts = urlsplit(path)
        with self._lock:
            self.asked.append(f"{method} {parts.path}")
        if self.mode == "hang":
            self.release.wait(10)
        if self.mode == "down":
            return 502, {}
        if self.mode == "lie":
            return 200, {}
        if self.mode == "flood":
            return 429, {}
        query = dict(parse_qsl(parts.query, keep_blank_values=True, strict_parsing=bool(parts.query)))
        if parts.path == self.token_path:
            return self._lend(method, query, said)
        assert f"{method} {parts.path}" == f"POST {self.send_path}"
        if not self.token or self.token_of(headers, query) != self.token:
            return self.refused("token")
        self.check(query, said)
        if self.mode in self.CODES:
            return self.refused(self.mode)
        with self._lock:
            self.received.append(said)
        if self.mode == "late":
            self.release.wait(10)
        if self.mode == "twice" and len(self.received) == 1:
            return 503, {}
        return self.taken(said)

    def _lend(self, method, query, said):
        if self.mode == "key" or not self.knows(method, query, said):
            return self.refused("key")
        with self._lock:
            self.tokens += 1
            given = f"token/{self.tokens}=&"
            self.token = "" if self.gives_stale else given
        return self.lent(given)


class WeCom(FakeChat):
    """https://developer.work.weixin.qq.com/document/path/91039, /90236, /90313"""

    CODES = {
        "token": (42001, "access_token expired"),
        "key": (40001, "invalid credential"),
        "user": (81013, "user & party & tag all invalid"),
        "limit": (45009, "reach max api daily quota limit"),
        "text": (44004, "empty content"),
        "account": (60020, "not allow to access from your ip"),
        "unknown": (1234567, "something new"),
    }
    token_path, send_path = "/cgi-bin/gettoken", "/cgi-bin/message/send"
    agent = "1000002"

    def knows(self, method, query, said):
        return method == "GET" and query == {"corpid": self.app, "corpsecret": self.secret}

    def lent(self, token):
        return 200, {"errcode": 0, "errmsg": "ok", "access_token": token, "expires_in": 7200}

    def token_of(self, headers, query):
        return query["access_token"]

    def check(self, query, said):
        assert set(said) == {"touser", "msgtype", "agentid", "text", "safe"}
        assert (said["msgtype"], said["agentid"], said["safe"]) == ("text", 1000002, 0)
        assert "|" not in said["touser"]
        assert len(said["text"]["content"].encode()) <= 2048

    def refused(self, mode):
        code, message = self.CODES[mode]
        return 200, {"errcode": code, "errmsg": message}

    def taken(self, said):
        invalid = said["touser"].lower() if said["touser"] == "Nobody" else ""
        return 200, {"errcode": 0, "errmsg": "ok", "invaliduser": invalid, "msgid": "xxxx"}

    @staticmethod
    def read(said):
        return said["touser"], said["text"]["content"]


class DingTalk(FakeChat):
    """https://open.dingtalk.com/document/orgapp/chatbots-send-one-on-one-chat-messages-in-batches"""

    CODES = {
        "token": (400, "InvalidAuthentication"),
        "key": (400, "invalidClientIdOrSecret"),
        "user": (400, "staffId.notExisted"),
        "limit": (403, "Forbidden.AccessDenied.QpsLimitForAppkeyAndApi"),
        "text": (400, "invalidParameter.msgParam.invalid"),
        "account": (403, "Forbidden.AccessDenied.AccessTokenPermissionDenied"),
        "unknown": (500, "somethingNew"),
    }
    token_path, send_path = "/v1.0/oauth2/accessToken", "/v1.0/robot/oToMessages/batchSend"
    agent = "dingrobot"
    #: Members to whom it sends no more for now.
    controlled: tuple[str, ...] = ()

    def knows(self, method, query, said):
        return method == "POST" and said == {"appKey": self.app, "appSecret": self.secret}

    def lent(self, token):
        return 200, {"accessToken": token, "expireIn": 7200}

    def token_of(self, headers, query):
        return headers["x-acs-dingtalk-access-token"]

    def check(self, query, said):
        assert set(said) == {"robotCode", "userIds", "msgKey", "msgParam"}
        assert (said["robotCode"], said["msgKey"], len(said["userIds"])) == ("dingrobot", "sampleText", 1)
        assert set(json.loads(said["msgParam"])) == {"content"}

    def refused(self, mode):
        status, code = self.CODES[mode]
        return status, {"code": code, "message": "…", "requestid": "r"}

    def taken(self, said):
        lists = {
            "invalidStaffIdList": [one for one in said["userIds"] if one == "Nobody"],
            "flowControlledStaffIdList": [one for one in said["userIds"] if one in self.controlled],
        }
        return 200, {"processQueryKey": "xxxx", **lists}

    @staticmethod
    def read(said):
        return said["userIds"][0], json.loads(said["msgParam"])["content"]


class Feishu(FakeChat):
    """https://open.feishu.cn/document/server-docs/im-v1/message/create"""

    CODES = {
        "token": (400, 99991663),
        "key": (200, 10014),
        "user": (400, 230013),
        "limit": (429, 99991400),
        "text": (400, 230028),
        "account": (400, 230006),
        "unknown": (400, 1234567),
    }
    token_path, send_path = "/open-apis/auth/v3/tenant_access_token/internal", "/open-apis/im/v1/messages"

    def knows(self, method, query, said):
        return method == "POST" and said == {"app_id": self.app, "app_secret": self.secret}

    def lent(self, token):
        return 200, {"code": 0, "msg": "ok", "tenant_access_token": token, "expire": 7200}

    def token_of(self, headers, query):
        return headers["Authorization"].removeprefix("Bearer ")

    def check(self, query, said):
        assert query == {"receive_id_type": "user_id"}
        assert set(said) == {"receive_id", "msg_type", "content", "uuid"}
        assert said["msg_type"] == "text"
        assert 0 < len(said["uuid"]) <= 50
        assert set(json.loads(said["content"])) == {"text"}

    def refused(self, mode):
        status, code = self.CODES[mode]
        return status, {"code": code, "msg": "…"}

    def taken(self, said):
        if said["receive_id"] == "Nobody":
            return self.refused("user")
        return 200, {"code": 0, "msg": "success", "data": {"message_id": "xxxx"}}

    @staticmethod
    def read(said):
        return said["receive_id"], json.loads(said["content"])["text"]


ALL = {"wecom": WeCom, "dingtalk": DingTalk, "feishu": Feishu}
