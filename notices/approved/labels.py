"""How providers and channels are called on pages."""

from django.utils.translation import gettext_lazy as _

from notices.choices import Channel

_PROVIDERS = {"aliyun": _("Alibaba Cloud"), "tencent": _("Tencent Cloud"), "mas": _("China Mobile Cloud MAS")}


def provider_name(provider: str) -> str:
    return str(_PROVIDERS.get(provider, provider))


def channel_name(channel: str) -> str:
    return str(Channel(channel).label)
