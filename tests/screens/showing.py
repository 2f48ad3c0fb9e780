"""What differs from the kept pictures, to be looked at."""

from pathlib import Path

from PIL import Image

FOUND = Path(__file__).parents[2] / "test-results" / "screens"


def show(name: str, *pictures: Image.Image) -> None:
    """Beside each other: now, before, where."""
    FOUND.mkdir(parents=True, exist_ok=True)
    sheet = Image.new("RGB", (sum(one.width for one in pictures), max(one.height for one in pictures)))
    left = 0
    for picture in pictures:
        sheet.paste(picture, (left, 0))
        left += picture.width
    sheet.save(FOUND / f"{name}.png")
