"""Feishu: the application's robot writes to one member, and throws a repeat of the same `uuid` away for an hour.

https://open.feishu.cn/document/server-docs/authentication-management/access-token/tenant_access_token_internal (token),
https://open.feishu.cn/document/server-docs/im-v1/message/create (message),
https://open.feishu.cn/document/server-docs/api-call-guide/generic-error-code (codes).
"""

import json

from notices.channels.answers import Answer
from notices.channels.chats import (
    EXPIRED,
    UNKNOWN,
    USER,
    Account,
    Ask,
    ChatProvider,
    Message,
    Said,
    Token,
    token_of,
)
from notices.channels.providers.answers import ACCOUNT, BUSY, KEY, TEXT, body_of

CODES = {
    "10003": KEY,
    "10014": KEY,
    "99991400": BUSY,
    "99991661": EXPIRED,
    "99991663": EXPIRED,
    "99991664": EXPIRED,
    "99991665": EXPIRED,
    "99991672": ACCOUNT,
    "99992351": USER,
    "99992352": USER,
    "99992353": USER,
    "99992360": USER,
    "99992361": USER,
    "230006": ACCOUNT,
    "230013": USER,
    "230020": BUSY,
    "230025": TEXT,
    "230028": TEXT,
    "230029": USER,
    "230035": ACCOUNT,
    "230053": USER,
}
#: Seconds until it may be asked again.
RESET = "x-ogw-ratelimit-reset"


def ask_token(account: Account) -> Ask:
    return Ask(
        f"{account.url}/open-apis/auth/v3/tenant_access_token/internal",
        {"app_id": account.app, "app_secret": account.secret},
    )


def token_in(answer: Answer) -> Token:
    said = body_of(answer)
    return token_of(said["tenant_access_token"], said["expire"])


def ask(message: Message, account: Account, token: str) -> Ask:
    return Ask(
        f"{account.url}/open-apis/im/v1/messages?receive_id_type=user_id",
        {
            "receive_id": message.to,
            "msg_type": "text",
            "content": json.dumps({"text": message.text}, ensure_ascii=False),
            "uuid": message.reference,
        },
        {"Authorization": f"Bearer {token}"},
    )


def said(answer: Answer, to: str) -> Said:
    body = body_of(answer)
    code = str(body.get("code", ""))
    if code != "0":
        kind = CODES.get(code, UNKNOWN)
        return Said(kind, code, wait=_wait(answer) if kind == BUSY else None)
    inside = body.get("data")
    number = inside.get("message_id") if isinstance(inside, dict) else ""
    return Said("", provider_id=str(number or "")[:120])


def _wait(answer: Answer) -> float | None:
    asked = str(answer.headers.get(RESET, ""))
    return float(asked) if asked.isascii() and asked.isdigit() and len(asked) < 6 else None


PROVIDER = ChatProvider(20_000, ask_token, token_in, ask, said)
