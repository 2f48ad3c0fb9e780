"""Every screen in every size, theme and language, on one page to look through, and held against those kept before."""

import argparse
import html
import io
import shutil
import tempfile
from collections.abc import Iterator
from itertools import product
from pathlib import Path
from urllib.parse import urlsplit

import django
from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright

from tests.screens.installation import LANGUAGES, SIZES, THEMES, BureauAtRest, bureau_at_rest, dress, look_at
from tests.screens.pictures import SAME_LETTERS, difference, small
from tests.screens.references import (
    NEVER_STILL,
    SCREENS,
    Screen,
    all_others,
    keep,
    keep_another,
    list_others,
    remember_letters,
)
from tests.screens.taking import taken
from tests.screens.walk import CAST, pages_from, route_of

#: Of a page that goes on and on.
TALLEST = 4000


def every_screen(bureau: BureauAtRest, chromium: Browser) -> Iterator[Screen]:
    """One page for each address of the URL table that links lead to, with somebody who may open it."""
    seen: set[str] = set()
    yield Screen("account_login", "", "/account/login/")
    for username in CAST:
        with bureau.page_of(chromium, username, "zh-hans") as page:
            page.goto("/")
            for address in pages_from(page, seen):
                parts = urlsplit(address)
                yield Screen(route_of(address), username, f"{parts.path}?{parts.query}".rstrip("?"))


def picture_of(page: Page) -> Image.Image:
    """The whole page, down to `TALLEST`."""
    with Image.open(io.BytesIO(page.screenshot(full_page=True))) as picture:
        return picture.convert("RGB").crop((0, 0, picture.width, min(picture.height, TALLEST)))


def take(
    bureau: BureauAtRest, chromium: Browser, screen: Screen, wanted: argparse.Namespace, folder: Path
) -> None:
    for language in wanted.language:
        with bureau.page_of(chromium, screen.username, language) as page:
            page.set_viewport_size(dict(zip(("width", "height"), SIZES[wanted.size[0]], strict=True)))
            look_at(page, screen.address)
            for size, theme in product(wanted.size, wanted.theme):
                dress(page, size, theme)
                place = folder / screen.name / f"{size}.{theme}.{language}.png"
                place.parent.mkdir(parents=True, exist_ok=True)
                picture_of(page).save(place, compress_level=1)


def has_changed(now: Path, kept: Path) -> bool:
    """Whether a picture differs from the kept one; then the places that do lie beside it, white on black."""
    if not kept.exists():
        return False
    with Image.open(now) as one, Image.open(kept) as other:
        found = difference(small(one), small(other), SAME_LETTERS)
    if found.share <= SAME_LETTERS.share:
        return False
    found.where.save(now.with_suffix(".where.png"))
    return True


# --- the page to look through -----------------------------------------------------------------------------------

PAGE = """<!doctype html><html lang="en"><meta charset="utf-8"><title>Screens</title><style>
body {{ font: 15px sans-serif; margin: 16px; background: #eef1f4 }} section {{ margin: 0 0 24px }}
figure {{ display: inline-block; margin: 4px; vertical-align: top }} figcaption {{ color: #444 }}
img {{ max-height: 460px; max-width: 640px; border: 1px solid #99a }} .changed img {{ border: 3px solid #c8102e }}
label {{ margin-right: 16px }}</style>
<h1>{title}</h1><p id="choose"></p>{sections}<script>
for (const name of ["size", "theme", "language"]) {{
  const values = new Set(Array.from(document.querySelectorAll("figure"), (one) => one.dataset[name]));
  const select = document.createElement("select");
  select.append(new Option("all"), ...Array.from(values, (value) => new Option(value)));
  select.dataset.of = name;
  select.onchange = () => document.querySelectorAll("figure").forEach((one) => {{
    one.hidden = Array.from(document.querySelectorAll("select")).some((other) => other.value !== "all" && other.value !== one.dataset[other.dataset.of]);
  }});
  const label = document.createElement("label");
  label.append(name + " ", select);
  document.getElementById("choose").append(label);
}}
</script>"""


def write_page(folder: Path, screens: list[Screen], changed: set[Path]) -> Path:
    """Screens that have changed come first."""

    def is_changed(screen: Screen) -> bool:
        return any(picture.parent.name == screen.name for picture in changed)

    sections = "\n".join(
        _section(folder, screen, changed) for screen in sorted(screens, key=lambda one: not is_changed(one))
    )
    page = folder / "index.html"
    page.write_text(
        PAGE.format(title=f"{len(screens)} screens, {len(changed)} pictures changed", sections=sections)
    )
    return page


def _section(folder: Path, screen: Screen, changed: set[Path]) -> str:
    pictures = sorted(
        path for path in (folder / "now" / screen.name).glob("*.png") if ".where." not in path.name
    )
    figures = "\n".join(_figure(folder, picture, picture in changed) for picture in pictures)
    title = html.escape(f"{screen.name} · {screen.username or 'nobody'} · {screen.address}")
    return f"<section><h2>{title}</h2>{figures}</section>"


def _figure(folder: Path, picture: Path, is_changed: bool) -> str:
    size, theme, language, _png = picture.name.split(".")
    address = picture.relative_to(folder).as_posix()
    shown = [address]
    if is_changed:
        shown += [
            address.replace("now/", "kept/", 1),
            picture.with_suffix(".where.png").relative_to(folder).as_posix(),
        ]
    images = " ".join(f'<a href="{one}"><img loading="lazy" src="{one}" alt=""></a>' for one in shown)
    look = ' class="changed"' if is_changed else ""
    data = f'data-size="{size}" data-theme="{theme}" data-language="{language}"'
    return f"<figure{look} {data}>{images}<figcaption>{size} {theme} {language}</figcaption></figure>"


# --- script/screens ---------------------------------------------------------------------------------------------


def read_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="script/screens", description=__doc__)
    parser.add_argument("names", nargs="*", help="only screens whose name contains one of these")
    parser.add_argument("--size", nargs="+", choices=SIZES, default=list(SIZES))
    parser.add_argument("--theme", nargs="+", choices=THEMES, default=list(THEMES))
    parser.add_argument("--language", nargs="+", choices=LANGUAGES, default=list(LANGUAGES))
    parser.add_argument(
        "--keep", action="store_true", help="keep what is taken, for later runs to be held against"
    )
    parser.add_argument(
        "--references", action="store_true", help="only take tests/screens/references anew (of these screens)"
    )
    parser.add_argument("--folder", type=Path, default=Path("var/screens"))
    return parser.parse_args()


def run(bureau: BureauAtRest, chromium: Browser, wanted: argparse.Namespace) -> int:
    """How many pictures differ from the kept ones."""
    now, kept = wanted.folder / "now", wanted.folder / "kept"
    shutil.rmtree(now, ignore_errors=True)
    screens = []
    for screen in every_screen(bureau, chromium):
        if not is_wanted(screen, wanted):
            continue
        print(screen.name, screen.address, flush=True)
        take(bureau, chromium, screen, wanted, now)
        screens.append(screen)
    pictures = [path for path in sorted(now.rglob("*.png")) if ".where." not in path.name]
    changed = {path for path in pictures if has_changed(path, kept / path.relative_to(now))}
    print(
        f"{len(pictures)} pictures, {len(changed)} changed: {write_page(wanted.folder, screens, changed).absolute()}"
    )
    if wanted.keep:
        shutil.copytree(now, kept, dirs_exist_ok=True)
    return len(changed)


def is_wanted(screen: Screen, wanted: argparse.Namespace) -> bool:
    return not wanted.names or any(name in screen.name for name in wanted.names)


def take_references(bureau: BureauAtRest, chromium: Browser, wanted: argparse.Namespace) -> None:
    for screen in (one for one in SCREENS if is_wanted(one, wanted)):
        keep(screen, taken(bureau, chromium, screen))
    if not wanted.names:
        addresses = {screen.address for screen in SCREENS}
        list_others(
            [
                screen
                for screen in every_screen(bureau, chromium)
                if screen.address not in addresses and screen.name not in NEVER_STILL
            ]
        )
    for screen in (one for one in all_others() if is_wanted(one, wanted)):
        print(screen.name, screen.address, flush=True)
        keep_another(screen, taken(bureau, chromium, screen))
    with bureau.page_of(chromium, "", "zh-hans") as page:
        look_at(page, SCREENS[0].address)
        remember_letters(page, chromium.version)


def main() -> int:
    from tests.browsers import ARGUMENTS, HEADLESS

    wanted = read_arguments()
    django.setup()
    with (
        tempfile.TemporaryDirectory() as folder,
        bureau_at_rest(Path(folder) / "bureau") as bureau,
        sync_playwright() as playwright,
    ):
        chromium = playwright.chromium.launch(executable_path=HEADLESS, args=ARGUMENTS)
        try:
            if wanted.references:
                take_references(bureau, chromium, wanted)
                return 0
            return 1 if run(bureau, chromium, wanted) and not wanted.keep else 0
        finally:
            chromium.close()


if __name__ == "__main__":
    raise SystemExit(main())
