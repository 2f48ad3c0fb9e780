"""The kept pictures: one sheet for each screen, its sizes beside each other, its languages and themes below each other.

Twelve screens are kept at a sixth of their size, all others that links lead to at a twelfth (`every/`).
"""

import hashlib
import io
import json
import subprocess
from itertools import accumulate, product
from pathlib import Path
from typing import NamedTuple

from PIL import Image, ImageOps
from playwright.sync_api import Page

from tests.screens.installation import LANGUAGES, SIZES, THEMES
from tests.screens.pictures import SHRUNK

FOLDER = Path(__file__).parent / "references"
MADE_WITH = FOLDER / "made_with.json"
#: The other screens, and their names, people and addresses.
EVERY = FOLDER / "every"
LISTED = EVERY / "screens.json"
#: How much smaller than the twelve they are.
AGAIN = 2
#: Of each of three colours. With all eight they would be 8 MB, anew with each change of the head of every page; now 2.
BITS = 4


class Screen(NamedTuple):
    name: str
    username: str
    address: str


#: What most people see most, and one screen of every kind: board, form, list, table, calendar, figures, wall.
SCREENS = (
    Screen("sign-in", "", "/account/login/"),
    Screen("duty", "county1.duty", "/duty/"),
    Screen("command", "county1.director", "/command/"),
    Screen("incident", "county1.duty", "/incidents/T11-20261126-001/"),
    Screen("orders", "county1.squad.dialogue", "/"),
    Screen("alarm", "town11.clerk", "/alarm/"),
    Screen("zero-report", "village111.informant", "/report/"),
    Screen("matrix", "county1.duty", "/report/matrix/"),
    Screen("roster", "county1.duty", "/rosters/"),
    Screen("statistics", "county1.director", "/statistics/pictures/"),
    Screen("components", "city.sysadmin", "/styleguide/"),
    Screen("wall", "county1.duty", "/wall/"),
)

#: Route → why no picture of it is kept: it shows this machine, what comes by chance, or what the bureau at rest has not.
NEVER_STILL = {
    "system": "says how this machine is set up, and how much room it has",
    "device-check": "says what this browser can, each thing when it has been tried",
    "mfa_activate_totp": "its key is drawn by chance",
    "api-docs": "drawn by Swagger UI some time after the page is there",
    "journal": "it grows with what is looked at",
    "handbook": "its pictures come when one has scrolled to them",
    "destruction": "no incident there has been over for long enough",
    "reception-begin": "nobody waits at a counter",
    "upward-report": "none was drafted",
}

_ROWS = list(product(LANGUAGES, THEMES))
Pictures = dict[tuple[str, str, str], Image.Image]


def all_others() -> list[Screen]:
    return [Screen(*one) for one in json.loads(LISTED.read_text())]


def list_others(screens: list[Screen]) -> None:
    EVERY.mkdir(parents=True, exist_ok=True)
    LISTED.write_text(json.dumps(screens, indent=1, ensure_ascii=False) + "\n")


def _place(size: str, theme: str, language: str, shrunk: int) -> tuple[int, int, int, int]:
    small = {name: [-(-side // shrunk) for side in sides] for name, sides in SIZES.items()}
    lefts = dict(zip(SIZES, accumulate((width for width, _ in small.values()), initial=0), strict=False))
    width, height = small[size]
    left, top = lefts[size], max(height for _, height in small.values()) * _ROWS.index((language, theme))
    return left, top, left + width, top + height


def kept(screen: Screen, file: Path | None = None, shrunk: int = SHRUNK) -> Pictures:
    """The small pictures of a screen by language, theme and size."""
    with Image.open(file or FOLDER / f"{screen.name}.png") as sheet:
        sheet = sheet.convert("RGB")
    return {
        (language, theme, size): sheet.crop(_place(size, theme, language, shrunk))
        for (language, theme), size in product(_ROWS, SIZES)
    }


def keep(screen: Screen, pictures: Pictures, file: Path | None = None, shrunk: int = SHRUNK) -> None:
    """Write the small pictures of a screen in the place of those that are kept."""
    places = {key: _place(key[2], key[1], key[0], shrunk) for key in pictures}
    width, height = (max(place[side] for place in places.values()) for side in (2, 3))
    sheet = Image.new("RGB", (width, height), "white")
    for key, picture in pictures.items():
        sheet.paste(picture, places[key][:2])
    sheet.save(file or FOLDER / f"{screen.name}.png", optimize=True, lossless=True, method=6)


def kept_of_another(screen: Screen) -> Pictures:
    return kept(screen, _file_of(screen), SHRUNK * AGAIN)


def keep_another(screen: Screen, pictures: Pictures) -> None:
    EVERY.mkdir(parents=True, exist_ok=True)
    keep(screen, {key: smaller(one) for key, one in pictures.items()}, _file_of(screen), SHRUNK * AGAIN)


def smaller(picture: Image.Image) -> Image.Image:
    """As those of the other screens are kept."""
    return ImageOps.posterize(picture.reduce(AGAIN), BITS)


def _file_of(screen: Screen) -> Path:
    return EVERY / f"{screen.name}.webp"


# --- which letters they were drawn with -------------------------------------------------------------------------

#: Chinese and Latin in the sizes and weights of the product, each drawn with the fonts that its sheet finds here.
SAMPLE = """<main id="letters" style="padding: 8px; background: white; width: 500px">
  <h1>应急指挥 Incident</h1><p>清河县司法局 2026-11-26 15:40 剩 05:59 Sign-off, 100 %</p><p><b>已超时</b> <small>信访</small></p>
</main>"""


def letters_of(page: Page) -> str:
    """A fingerprint of how this machine draws letters; `page` shows any page of the product."""
    page.set_viewport_size({"width": 600, "height": 400})
    page.evaluate("sample => { document.body.innerHTML = sample; }", SAMPLE)
    page.evaluate("document.fonts.ready")
    with Image.open(io.BytesIO(page.locator("#letters").screenshot())) as picture:
        return hashlib.sha256(picture.convert("RGB").tobytes()).hexdigest()[:16]


def remember_letters(page: Page, chromium: str) -> None:
    """Beside the references stands with what they were made; the two last for the reader alone."""
    FOLDER.mkdir(exist_ok=True)
    font = subprocess.run(
        ["fc-match", "sans-serif:lang=zh-cn"], capture_output=True, text=True, check=False
    ).stdout
    told = {"letters": letters_of(page), "chromium": chromium, "font": font.strip()}
    MADE_WITH.write_text(json.dumps(told, indent=2, ensure_ascii=False) + "\n")


def has_same_letters(page: Page) -> bool:
    """Whether this machine draws letters as the one that made the references."""
    return letters_of(page) == json.loads(MADE_WITH.read_text())["letters"]
