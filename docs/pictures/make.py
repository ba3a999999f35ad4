"""Makes the pictures of the README: the reference case's forecast, and its report in a browser.

Needs Chromium (`chromium` or `google-chrome` on the PATH); `make pictures` calls it.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).parent
BROWSERS = ("chromium", "chromium-browser", "google-chrome")
QUIETLY = ("--headless", "--disable-gpu", "--no-first-run", "--hide-scrollbars", "--no-sandbox")
OFFLINE = ("--disable-background-networking", "--disable-component-update", "--disable-sync")


def main() -> None:
    """Runs the demo in a folder of its own and takes what it drew."""
    browser = next((found for name in BROWSERS if (found := shutil.which(name))), None)
    if browser is None:
        sys.exit(f"None of {', '.join(BROWSERS)} was found; install one of them.")
    with tempfile.TemporaryDirectory() as folder:
        results = Path(folder) / "recurra-demo"
        command = [sys.executable, "-m", "recurra", "forecast", "--demo", "--out", results.name]
        subprocess.run(command, check=True, cwd=folder)
        shutil.copy(results / "forecast.png", HERE / "forecast.png")
        page = (results / "report.html").as_uri()
        shot = f"--screenshot={HERE / 'report.png'}"
        profile = f"--user-data-dir={folder}/profile"
        window = "--window-size=1000,1310"
        subprocess.run([browser, *QUIETLY, *OFFLINE, profile, window, shot, page], check=True)


if __name__ == "__main__":
    main()
