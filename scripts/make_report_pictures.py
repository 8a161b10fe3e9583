"""Take the pictures of the report in docs/: ``python scripts/make_report_pictures.py`` (needs Chromium and Noto fonts).

Cleans the two sample files as the README does and photographs the first screens of the report page, light and dark on
a desk, light on a phone.
"""

from __future__ import annotations

import shutil
import sys
import tempfile
from pathlib import Path

from playwright.sync_api import sync_playwright

import crmclean

ROOT = Path(__file__).resolve().parents[1]
SAMPLES = [ROOT / "sample_data" / name for name in ("tradeshow_leads.csv", "crm_contacts.csv")]
PICTURES = {
    "report-light.png": ((1440, 1800), "light"),
    "report-dark.png": ((1440, 1800), "dark"),
    "report-phone.png": ((360, 1600), "light"),
}


def main() -> None:
    """Write the three pictures."""
    browser_path = next((found for name in ("chromium", "chromium-browser") if (found := shutil.which(name))), None)
    if browser_path is None:
        sys.exit("make_report_pictures: chromium is not installed")
    result = crmclean.clean(SAMPLES, rules="tradeshow", as_of="2026-11-22")
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as tool:
        page_file = result.write(Path(folder) / "show") / "report.html"
        browser = tool.chromium.launch(executable_path=browser_path, args=["--no-sandbox"])
        for name, ((width, height), scheme) in PICTURES.items():
            page = browser.new_page(viewport={"width": width, "height": height}, color_scheme=scheme)
            page.goto(page_file.as_uri())
            page.screenshot(path=str(ROOT / "docs" / name))
            page.close()
        browser.close()


if __name__ == "__main__":
    main()
