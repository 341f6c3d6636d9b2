"""Colours alone depend on the scheme: browser tests look at a page's other one with axe's rules on colours only."""

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
ASKED = re.compile(r"@media [^{]*prefers-color-scheme[^{]*")
DARK = re.compile(r"@media \(prefers-color-scheme: dark\) \{\s*:root \{(.*?)\}\s*\}", re.DOTALL)
COLOUR = re.compile(r"--[\w-]+: #[0-9a-f]{6}([0-9a-f]{2})?")


def test_one_file_asks_a_screen_for_its_scheme():
    asking = {
        (path.name, rule.strip())
        for path in (ROOT / "static" / "css").glob("*.css")
        for rule in ASKED.findall(path.read_text())
        if "print" not in rule
    }

    assert asking == {("tokens.css", "@media (prefers-color-scheme: dark)")}
    for template in (ROOT / "templates").rglob("*.html"):
        assert "prefers-color-scheme" not in template.read_text(), template


def test_the_dark_scheme_changes_nothing_but_colours():
    (dark,) = DARK.findall((ROOT / "static" / "css" / "tokens.css").read_text())
    declarations = [line.strip() for line in dark.split(";") if line.strip()]

    assert len(declarations) > 20
    assert [line for line in declarations if not COLOUR.fullmatch(line)] == []
