"""Where pages that are made from the source lie: written before Sphinx reads, never by hand."""

from pathlib import Path

FOLDER = Path(__file__).parents[1] / "generated"


def write(name: str, text: str) -> None:
    """Writes a page, unless it says so already: an untouched file is not read again."""
    page = FOLDER / name
    FOLDER.mkdir(exist_ok=True)
    if not page.exists() or page.read_text(encoding="utf-8") != text:
        page.write_text(text, encoding="utf-8")
