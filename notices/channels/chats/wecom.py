"""WeCom, and the government edition that speaks its language: an application message to one member.

https://developer.work.weixin.qq.com/document/path/91039 (token), /90236 (message), /90313 (codes). It knows no key of
ours: after an answer that got lost a message may come twice.
"""

from urllib.parse import urlencode

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
    "-1": BUSY,
    "40001": KEY,
    "40003": USER,
    "40008": TEXT,
    "40013": KEY,
    "40014": EXPIRED,
    "40056": KEY,
    "41001": EXPIRED,
    "42001": EXPIRED,
    "44004": TEXT,
    "45002": TEXT,
    "45009": BUSY,
    "45033": BUSY,
    "46004": USER,
    "48002": ACCOUNT,
    "60011": ACCOUNT,
    "60020": ACCOUNT,
    "60111": USER,
    "81013": USER,
    "301002": ACCOUNT,
}


def ask_token(account: Account) -> Ask:
    asked = urlencode({"corpid": account.app, "corpsecret": account.secret})
    return Ask(f"{account.url}/cgi-bin/gettoken?{asked}", None)


def token_in(answer: Answer) -> Token:
    said = body_of(answer)
    return token_of(said["access_token"], said["expires_in"])


def ask(message: Message, account: Account, token: str) -> Ask:
    return Ask(
        f"{account.url}/cgi-bin/message/send?{urlencode({'access_token': token})}",
        {
            "touser": message.to,
            "msgtype": "text",
            "agentid": int(account.agent),
            "text": {"content": message.text},
            "safe": 0,
        },
    )


def said(answer: Answer, to: str) -> Said:
    """0 is yes, unless the member is among those it could not be given to. Some editions give no msgid with it."""
    body = body_of(answer)
    code = str(body.get("errcode", ""))
    if code != "0":
        return Said(CODES.get(code, UNKNOWN), code)
    if _is_in(to, body.get("invaliduser")):
        return Said(USER, "invaliduser")
    if _is_in(to, body.get("unlicenseduser")):
        return Said(ACCOUNT, "unlicenseduser")
    return Said("", provider_id=str(body.get("msgid") or "")[:120])


def _is_in(to: str, listed: object) -> bool:
    """They come in small letters, with "|" between them."""
    return to.casefold() in str(listed or "").casefold().split("|")


PROVIDER = ChatProvider(2048, ask_token, token_in, ask, said)
