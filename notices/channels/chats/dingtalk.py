"""DingTalk: the application's robot writes to one member.

https://open.dingtalk.com/document/orgapp/obtain-the-access_token-of-an-internal-app (token),
https://open.dingtalk.com/document/orgapp/chatbots-send-one-on-one-chat-messages-in-batches (message). It knows no key of
ours: after an answer that got lost a message may come twice. The private edition (专有钉钉, 浙政钉) speaks another language.
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
from notices.channels.providers.answers import ACCOUNT, BUSY, KEY, TEXT, body_of, kind_of

#: By how they begin.
CODES = {
    "InvalidAuthentication": EXPIRED,
    "invalidClientIdOrSecret": KEY,
    "invalidParameter.robotCode": KEY,
    "invalidParameter.msgParam": TEXT,
    "staffId.notExisted": USER,
    "invalidParameter.userIds": USER,
    "Forbidden.AccessDenied": ACCOUNT,
    "Forbidden.AccessDenied.QpsLimit": BUSY,
    "Forbidden.AccessDenied.QpmLimit": BUSY,
    "Throttling": BUSY,
    "ServiceUnavailable": BUSY,
}


def ask_token(account: Account) -> Ask:
    return Ask(f"{account.url}/v1.0/oauth2/accessToken", {"appKey": account.app, "appSecret": account.secret})


def token_in(answer: Answer) -> Token:
    said = body_of(answer)
    return token_of(said["accessToken"], said["expireIn"])


def ask(message: Message, account: Account, token: str) -> Ask:
    return Ask(
        f"{account.url}/v1.0/robot/oToMessages/batchSend",
        {
            "robotCode": account.agent,
            "userIds": [message.to],
            "msgKey": "sampleText",
            "msgParam": json.dumps({"content": message.text}, ensure_ascii=False),
        },
        {"x-acs-dingtalk-access-token": token},
    )


def said(answer: Answer, to: str) -> Said:
    """Yes is a key by which it could be asked about, and the member on neither list of those it was not given to."""
    body = body_of(answer)
    if to in _listed(body, "invalidStaffIdList"):
        return Said(USER, "invalidStaffIdList")
    if to in _listed(body, "flowControlledStaffIdList"):
        return Said(BUSY, "flowControlledStaffIdList")
    number = body.get("processQueryKey")
    if answer.status == 200 and isinstance(number, str) and number:
        return Said("", provider_id=number[:120])
    code = str(body.get("code", ""))
    return Said(kind_of(code, CODES) or UNKNOWN, code)


def _listed(body: dict, name: str) -> list:
    found = body.get(name)
    return found if isinstance(found, list) else []


PROVIDER = ChatProvider(6000, ask_token, token_in, ask, said)
