"""Make the pictures of the documentation from a real repository: `python tools/pictures.py REPO`.

Writes `docs/images/terminal.svg` (the page of the terminal) and `docs/images/page.png` with `page-dark.png`
(the HTML page, photographed in Chromium; needs the development requirements and a `chromium` on the path).
"""

import argparse
import re
import shutil
import tempfile
from io import StringIO
from pathlib import Path

from allmende.measurement import Measurement, measure
from allmende.reading import read
from allmende.reports import report
from allmende.reports.brief import brief
from allmende.reports.terminal import render

IMAGES = Path(__file__).resolve().parent.parent / "docs" / "images"
WIDTH, HEIGHT = 1280, 1650
COLUMNS = 104


def terminal(measurement: Measurement, place: Path) -> None:
    """The page of the terminal as SVG, letters in whatever monospaced font the reader has."""
    from rich.console import Console

    console = Console(record=True, width=COLUMNS, file=StringIO(), force_terminal=True, emoji=False)
    for part in render(brief(measurement)):
        console.print(part)
    drawn = console.export_svg(title=f"allmende measure {measurement.community.name}")
    # Rich names a font on somebody's server; a picture fetches nothing.
    drawn = re.sub(r"@font-face \{.*?\}\s*", "", drawn, flags=re.DOTALL)
    drawn = drawn.replace("Fira Code", "ui-monospace, DejaVu Sans Mono, Menlo, Consolas")
    assert "http" not in drawn.replace("http://www.w3.org", "").replace("https://www.textualize.io", "")
    place.write_text(drawn.replace("https://www.textualize.io", "the terminal"), encoding="utf-8")


def photographs(measurement: Measurement, folder: Path) -> None:
    """The upper part of the HTML page, light and dark, as a browser shows it."""
    from playwright.sync_api import sync_playwright

    program = shutil.which("chromium") or shutil.which("google-chrome")
    assert program, "a chromium must be on the path"
    with tempfile.TemporaryDirectory() as made, sync_playwright() as playwright:
        page_file = report(
            measurement, Path(made) / "page.html", command=f"allmende measure {measurement.community.name}"
        )
        browser = playwright.chromium.launch(executable_path=program, args=["--no-sandbox"])
        for scheme, name in (("light", "page.png"), ("dark", "page-dark.png")):
            page = browser.new_page(
                viewport={"width": WIDTH, "height": HEIGHT}, color_scheme=scheme, device_scale_factor=1
            )
            page.goto(page_file.as_uri())
            page.wait_for_selector("html[data-charts=drawn]", state="attached")
            page.screenshot(path=str(folder / name), clip={"x": 0, "y": 0, "width": WIDTH, "height": HEIGHT})
        browser.close()


def main() -> None:
    """Read the repository, measure it, and make the pictures."""
    options = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    options.add_argument("repository", type=Path)
    options.add_argument("--name", default="")
    given = options.parse_args()
    IMAGES.mkdir(parents=True, exist_ok=True)
    measurement = measure(read(given.repository, name=given.name))
    terminal(measurement, IMAGES / "terminal.svg")
    photographs(measurement, IMAGES)


if __name__ == "__main__":
    main()
