"""A file whose writer was killed: what is whole of it gets an end and an index, so that one can seek in it."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from .recorder import facts
from .vault import Opened, Vault
from .webm import HEADER, Webm


def mend(path: Path, known: Mapping[str, str]) -> dict[str, Any]:
    """Finish the file with the newest key, in place; returns what is told about it. Raises Tampered, OSError."""
    cut = Opened(path, known)
    webm, end = Webm.of(cut.whole())
    rest = webm.finish()
    fresh = path.with_suffix(".mended")
    fresh.unlink(missing_ok=True)
    vault = Vault(fresh, next(iter(known.values())), cut.began_ms)
    vault.append(webm.header())
    for piece in cut.read(HEADER, end):
        vault.append(piece)
    vault.append(rest)
    sealed = vault.close()
    fresh.replace(path)
    return facts(path.name, cut.began_ms, webm, sealed)
