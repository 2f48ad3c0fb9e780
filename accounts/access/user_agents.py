"""Names for browsers that a person recognises in the list of their sessions."""

#: What to look for in a User-Agent, first hit wins: WeChat and 360 also say "Chrome", Chrome also "Safari".
_BROWSERS = (
    ("MicroMessenger/", "WeChat"), ("wxwork/", "WeCom"), ("DingTalk/", "DingTalk"), ("HuaweiBrowser/", "Huawei Browser"),
    ("QQBrowser/", "QQ Browser"), ("360SE", "360"), ("Edg/", "Edge"), ("Firefox/", "Firefox"),
    ("Chrome/", "Chrome"), ("Safari/", "Safari"),
)  # fmt: skip
_SYSTEMS = (
    ("HarmonyOS", "HarmonyOS"), ("OpenHarmony", "HarmonyOS"), ("Android", "Android"), ("iPhone", "iPhone"),
    ("iPad", "iPad"), ("Windows", "Windows"), ("Mac OS X", "macOS"), ("Linux", "Linux"),
)  # fmt: skip


def words_for(user_agent: str) -> str:
    """What a person recognises: "Chrome 140 · Windows". Unknown ones as they call themselves, cut short."""
    browser = next(
        (f"{name} {_major(user_agent, mark)}".strip() for mark, name in _BROWSERS if mark in user_agent), ""
    )
    system = next((name for mark, name in _SYSTEMS if mark in user_agent), "")
    return " · ".join(filter(None, [browser, system])) or user_agent[:40]


def _major(user_agent: str, mark: str) -> str:
    number = user_agent.split(mark, 1)[1].split(".", 1)[0]
    return number if number.isdigit() else ""
