"""Whether the collected static files are still those of the source."""

from pathlib import Path

from django.conf import settings


def are_stale(root: Path) -> bool:
    """True when nothing is collected, or something has changed since."""
    manifest = root / "staticfiles.json"
    if not manifest.exists():
        return True
    collected_at = manifest.stat().st_mtime
    sources = [settings.BASE_DIR / "requirements.txt", *map(Path, settings.STATICFILES_DIRS)]
    return any(_newest(path) > collected_at for path in sources)


def _newest(path: Path) -> float:
    files = path.rglob("*") if path.is_dir() else [path]
    return max((file.stat().st_mtime for file in files), default=0)
