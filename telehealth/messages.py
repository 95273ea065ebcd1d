"""Compile the translations without gettext on the machine: `python -m telehealth.messages`."""

import os
from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

LOCALE = Path(__file__).resolve().parent.parent / "locale"


def compile_messages() -> list[Path]:
    """Write every .mo file that is older than its .po file; returns what was written."""
    return [_compile(po) for po in sorted(LOCALE.rglob("*.po")) if _is_stale(po)]


def _is_stale(po: Path) -> bool:
    mo = po.with_suffix(".mo")
    return not mo.exists() or mo.stat().st_mtime < po.stat().st_mtime


def _compile(po: Path) -> Path:
    with po.open("rb") as words:
        catalog = read_po(words, locale=po.parent.parent.name, domain=po.stem)
    draft = po.with_suffix(f".mo.{os.getpid()}")  # two who compile at once do not take each other's draft away
    with draft.open("wb") as file:
        write_mo(file, catalog)
    return draft.replace(po.with_suffix(".mo"))


if __name__ == "__main__":
    for written in compile_messages():
        print(f"Compiled {written.relative_to(LOCALE.parent)}")
