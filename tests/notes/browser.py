"""A page in a real browser: what a script finds there, a picture of it, and how it is printed."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from html import unescape
from pathlib import Path
from typing import Any

from tests.conftest import not_installed

_NAMES = ("chromium", "chromium-browser", "google-chrome")
# What fails in the page is an error of the test: it is written into the report.
_REPORT = """
<script>
const errors = [];
addEventListener("error", e => errors.push(e.message));
addEventListener("unhandledrejection", e => errors.push(`${e.reason}`));
</script>
"""
_RUN = """
<script>
(() => {
  const found = {};
  try { (found => { %s })(found); } catch (e) { errors.push(`${e.stack}`); }
  const report = document.createElement("pre");
  report.id = "report";
  report.textContent = JSON.stringify({found, errors});
  document.body.append(report);
})();
</script>
"""


def _browser() -> str:
    found = next(filter(None, map(shutil.which, _NAMES)), None)
    return not_installed("chromium", "chromium") if found is None else found


def _run(page: Path, *options: str) -> str:
    command = [_browser(), "--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars",
               f"--user-data-dir={page.parent / 'profile'}", *options, page.as_uri()]  # fmt: skip
    ran = subprocess.run(command, capture_output=True, text=True, check=True)
    return ran.stdout


def found(html: str, script: str, folder: Path, size: str = "1240,1300") -> dict[str, Any]:
    """What a script puts into `found` on a page; no error may be seen there."""
    page = folder / "page.html"
    page.write_text(
        html.replace("<head>", f"<head>{_REPORT}", 1).replace("</body>", f"{_RUN % script}</body>"),
        encoding="utf-8",
    )
    dom = _run(page, "--dump-dom", f"--window-size={size}")
    match = re.search(r'<pre id="report">(.*?)</pre>', dom, re.DOTALL)
    assert match, dom[-2000:]
    report = json.loads(unescape(match[1]))
    assert not report["errors"], report["errors"]
    result: dict[str, Any] = report["found"]
    return result


def on_a_phone(html: str, script: str, folder: Path) -> dict[str, Any]:
    """What a script puts into `found` of the document `inside` a frame that is 390 pixels wide.

    A browser without a head has a least width of its own; a frame that loads would be read empty.
    """
    frame = '<!DOCTYPE html><html><head></head><body><iframe width="390" height="844"></iframe>'
    written = json.dumps(html).replace("</", "<\\/")
    start = f"""
        const inside = document.querySelector('iframe').contentDocument;
        inside.open(); inside.write({written}); inside.close();
        found.wide = inside.documentElement.scrollWidth;
    """
    return found(f"{frame}</body></html>", start + script, folder)


def printed(html: str, folder: Path) -> int:
    """How many sheets of paper a page takes."""
    page, sheets = folder / "page.html", folder / "page.pdf"
    page.write_text(html, encoding="utf-8")
    _run(page, f"--print-to-pdf={sheets}", "--no-pdf-header-footer")
    return len(re.findall(rb"/Type\s*/Page\b", sheets.read_bytes()))


def picture(html: str, target: Path, folder: Path, size: str, at: str = "") -> None:
    """A page as PNG, of a window of this size, where its address ends in `at`."""
    page = folder / "page.html"
    page.write_text(html, encoding="utf-8")
    options = [f"--screenshot={target}", f"--window-size={size}"]
    subprocess.run(
        [_browser(), "--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars",
         f"--user-data-dir={folder / 'profile'}", *options, f"{page.as_uri()}#{at}"],
        capture_output=True, check=True,
    )  # fmt: skip
