"""Whom the product speaks to: joint command centres, gateways, chat services, browsers, webhooks, post."""

import sys

from config.environment import env

#: Joint command centres whose system takes reports: {"name": {"url": …, "secret": …}}; the others are told by hand.
LINKAGE_CENTRES = env.json("LINKAGE_CENTRES", default={})
NOTICE_GATEWAY_URL = env("NOTICE_GATEWAY_URL", default="")
NOTICE_GATEWAY_URL_2 = env("NOTICE_GATEWAY_URL_2", default="")
NOTICE_GATEWAY_SECRET = env("NOTICE_GATEWAY_SECRET", default="")
#: The second gateway's own secret: whose id a report names is known by who signed it.
NOTICE_GATEWAY_SECRET_2 = env("NOTICE_GATEWAY_SECRET_2", default="")
#: Gateway → who it is: the bureau's own, or a provider that is spoken to directly (notices.channels.providers).
NOTICE_PROVIDERS = {
    "1": env.provider("NOTICE_GATEWAY_PROVIDER"),
    "2": env.provider("NOTICE_GATEWAY_PROVIDER_2"),
}
#: Gateway → what a provider knows us by; its address is NOTICE_GATEWAY_URL.
NOTICE_ACCOUNTS = {
    "1": {
        "voice_url": env("NOTICE_GATEWAY_VOICE_URL", default=""),
        "key": env("NOTICE_GATEWAY_KEY", default=""),
        "secret": env("NOTICE_GATEWAY_KEY_SECRET", default=""),
        "region": env("NOTICE_GATEWAY_REGION", default=""),
        "app": env("NOTICE_GATEWAY_APP", default=""),
        "sign": env("NOTICE_GATEWAY_SIGN", default=""),
        "voice_number": env("NOTICE_GATEWAY_VOICE_NUMBER", default=""),
        "extension": env("NOTICE_GATEWAY_EXTENSION", default=""),
    },
    "2": {
        "voice_url": env("NOTICE_GATEWAY_VOICE_URL_2", default=""),
        "key": env("NOTICE_GATEWAY_KEY_2", default=""),
        "secret": env("NOTICE_GATEWAY_KEY_SECRET_2", default=""),
        "region": env("NOTICE_GATEWAY_REGION_2", default=""),
        "app": env("NOTICE_GATEWAY_APP_2", default=""),
        "sign": env("NOTICE_GATEWAY_SIGN_2", default=""),
        "voice_number": env("NOTICE_GATEWAY_VOICE_NUMBER_2", default=""),
        "extension": env("NOTICE_GATEWAY_EXTENSION_2", default=""),
    },
}
#: Whole webhook addresses of chat groups, secret included; empty: not used.
NOTICE_BOTS = {
    "wecom": env("NOTICE_WECOM_URL", default=""),
    "dingtalk": env("NOTICE_DINGTALK_URL", default=""),
    "feishu": env("NOTICE_FEISHU_URL", default=""),
}
#: Signing secrets of the DingTalk and Feishu groups, where the group asks for signed messages.
NOTICE_BOT_SECRETS = {
    "dingtalk": env("NOTICE_DINGTALK_SECRET", default=""),
    "feishu": env("NOTICE_FEISHU_SECRET", default=""),
}
#: The chat service that writes to single people (notices.channels.chats); empty: none.
NOTICE_CHAT_PROVIDER = env.chat("NOTICE_CHAT_PROVIDER")
_CHAT_ADDRESSES = {
    "": "",
    "wecom": "https://qyapi.weixin.qq.com",
    "dingtalk": "https://api.dingtalk.com",
    "feishu": "https://open.feishu.cn",
}
#: The bureau's application there.
NOTICE_CHAT = {
    "url": (env("NOTICE_CHAT_URL", default="") or _CHAT_ADDRESSES[NOTICE_CHAT_PROVIDER]).rstrip("/"),
    "app": env("NOTICE_CHAT_APP", default=""),
    "secret": env("NOTICE_CHAT_SECRET", default=""),
    "agent": env("NOTICE_CHAT_AGENT", default=""),
}
if NOTICE_CHAT_PROVIDER and not (
    NOTICE_CHAT["app"]
    and NOTICE_CHAT["secret"]
    and (NOTICE_CHAT["agent"] or NOTICE_CHAT_PROVIDER == "feishu")
    and (NOTICE_CHAT["agent"].isdecimal() or NOTICE_CHAT_PROVIDER != "wecom")
):
    sys.exit(
        "NOTICE_CHAT_PROVIDER needs NOTICE_CHAT_APP and NOTICE_CHAT_SECRET, and NOTICE_CHAT_AGENT: WeCom's agentid in figures, "
        "DingTalk's robotCode; see .env.example. Not started."
    )
#: Hours in Shanghai in which nothing routine rings.
NOTICE_QUIET_HOURS = env.hours("NOTICE_QUIET_HOURS", default="22:00-07:00")
#: Seconds a routine notice waits for others to the same person.
NOTICE_BUNDLE_SECONDS = env.float("NOTICE_BUNDLE_SECONDS", default=60.0)
#: A gateway that takes longer than so many seconds is passed over for the other one for a while.
NOTICE_SLOW_SECONDS = env.float("NOTICE_SLOW_SECONDS", default=4.0)
#: The key pair we sign pushes to browsers with (manage.py make_push_key); empty: nobody is told without an open page.
WEB_PUSH_KEY = env("WEB_PUSH_KEY", default="")
WEB_PUSH_PUBLIC_KEY = env("WEB_PUSH_PUBLIC_KEY", default="")
#: Whom a push service writes to when something is wrong with ours: mailto: or https:.
WEB_PUSH_CONTACT = env.contact("WEB_PUSH_CONTACT")
#: Of Chromium, Firefox, Edge and Apple.
_PUSH_SERVICES = [
    "fcm.googleapis.com",
    "updates.push.services.mozilla.com",
    "*.notify.windows.com",
    "*.push.apple.com",
]
#: The push services that may be called, whatever a browser names.
WEB_PUSH_HOSTS = env.list("WEB_PUSH_HOSTS", default=_PUSH_SERVICES)
if WEB_PUSH_KEY and not (WEB_PUSH_PUBLIC_KEY and WEB_PUSH_CONTACT):
    sys.exit(
        "WEB_PUSH_KEY needs WEB_PUSH_PUBLIC_KEY (manage.py make_push_key makes both) and WEB_PUSH_CONTACT, a mailto: or "
        "https: address whom a push service can write to. Not started."
    )
#: Where webhooks may go: each below one of these addresses. Empty: there are no webhooks.
WEBHOOK_TARGETS = env.addresses("WEBHOOK_TARGETS")
#: Other installations that documents may go to: each below one of these addresses. Empty: there is no exchange.
EXCHANGE_TARGETS = env.addresses("EXCHANGE_TARGETS")
EMAIL_HOST = env("EMAIL_HOST", default="")
EMAIL_PORT = env.int("EMAIL_PORT", default=465)
EMAIL_HOST_USER = env("EMAIL_USER", default="")
EMAIL_HOST_PASSWORD = env("EMAIL_PASSWORD", default="")
EMAIL_USE_SSL = env.bool("EMAIL_SSL", default=True)
DEFAULT_FROM_EMAIL = env("EMAIL_FROM", default="")
#: Seconds a claimed notice stays with one engine before another may take it.
NOTICE_LEASE_SECONDS = env.float("NOTICE_LEASE_SECONDS", default=30.0)
