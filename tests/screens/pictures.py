"""Whether a screen looks as it did: small pictures, compared place by place.

A picture is kept at a sixth of its size, each small pixel the mean of 6 × 6, which is what is left of a letter when one
looks at a screen from afar. Where the machine draws letters exactly as the one that made the references, hardly
anything may differ; where it has other fonts or another Chromium, larger places are compared, and more of them may.
"""

from typing import NamedTuple

from PIL import Image, ImageChops

SHRUNK = 6


class Tolerance(NamedTuple):
    """`place`: side of the places compared, in small pixels; `step`: by how much (of 255) the mean of a place may differ
    in any colour; `share`: which part of all places may differ by more."""

    place: int
    step: int
    share: float


#: On one machine nothing differs from run to run. The step is for another processor's rounding.
SAME_LETTERS = Tolerance(place=1, step=6, share=0.0005)
#: By language. Measured with a serif face instead: Chinese keeps its widths (0), English runs over other lines (0.18),
#: so that there only a page that is empty, another one or without its sheets is seen.
OTHER_LETTERS = {
    "zh-hans": Tolerance(place=8, step=80, share=0.004),
    "en": Tolerance(place=8, step=80, share=0.25),
}


class Difference(NamedTuple):
    """`share` of the places that differ; `where`: white on black, as large as the small picture."""

    share: float
    where: Image.Image


def small(picture: Image.Image) -> Image.Image:
    """A sixth of it in each direction."""
    return picture.convert("RGB").reduce(SHRUNK)


def difference(one: Image.Image, other: Image.Image, tolerance: Tolerance) -> Difference:
    """Of two small pictures; what only one of them has differs."""
    size = max(one.width, other.width), max(one.height, other.height)
    apart = ImageChops.difference(_on_sheet(one, size), _on_sheet(other, size))
    red, green, blue = apart.reduce(tolerance.place).split()
    strongest = ImageChops.lighter(ImageChops.lighter(red, green), blue)
    differs = strongest.point(lambda step: 255 if step > tolerance.step else 0)
    share = differs.histogram()[255] / (differs.width * differs.height)
    return Difference(share, differs.resize(size, Image.Resampling.NEAREST))


def _on_sheet(picture: Image.Image, size: tuple[int, int]) -> Image.Image:
    """No screen has this colour."""
    sheet = Image.new("RGB", size, "magenta")
    sheet.paste(picture, (0, 0))
    return sheet


def looks_alike(one: Image.Image, other: Image.Image, tolerance: Tolerance) -> bool:
    return difference(one, other, tolerance).share <= tolerance.share
