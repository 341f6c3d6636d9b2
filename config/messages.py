"""Compiles the message catalogues with Babel, so that nobody needs gettext: ``python -m config.messages``."""

from pathlib import Path

from babel.messages import mofile, pofile

ROOT = Path(__file__).resolve().parent.parent


def compile_messages(locale_dir: Path) -> list[Path]:
    """Write each catalogue that is newer than its compiled form; return the written files.

    Written aside and moved into place: a server that starts meanwhile never reads half a file.
    """
    written = []
    for source in sorted(locale_dir.glob("*/LC_MESSAGES/*.po")):
        target = source.with_suffix(".mo")
        if target.exists() and target.stat().st_mtime >= source.stat().st_mtime:
            continue
        with source.open("rb") as lines:
            catalogue = pofile.read_po(lines, locale=source.parent.parent.name)
        aside = target.with_suffix(".mo.new")
        with aside.open("wb") as out:
            mofile.write_mo(out, catalogue)
        aside.replace(target)
        written.append(target)
    return written


if __name__ == "__main__":
    compile_messages(ROOT / "locale")
