"""The floor of ``pdf``: WeasyPrint and nothing else. Reads paths of HTML files, answers seconds and pages."""

from __future__ import annotations

import io
import json
import sys
import time
from pathlib import Path

import pikepdf
from weasyprint import HTML  # noqa: TID253 - the floor is nothing but this
from weasyprint.text.fonts import FontConfiguration  # noqa: TID253 - the same

FONTS = FontConfiguration()


def main() -> None:
    HTML(string="<p>Aä <strong>Zß</strong> 😀 ▲").write_pdf(font_config=FONTS, pdf_variant="pdf/ua-1")
    for line in sys.stdin:
        html = Path(line.strip()).read_text()
        begun = time.perf_counter()
        document = HTML(string=html).write_pdf(font_config=FONTS, pdf_variant="pdf/ua-1")
        seconds = time.perf_counter() - begun
        with pikepdf.open(io.BytesIO(document)) as pdf:
            print(json.dumps([seconds, len(pdf.pages)]), flush=True)


if __name__ == "__main__":
    main()
