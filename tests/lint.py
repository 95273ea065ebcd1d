"""What `make lint` checks beyond style and imports: migrations, the settings of a real house, the length of files."""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
MOST_LINES = 400
SUFFIXES = {".py", ".js", ".css", ".html"}
NOT_OURS = {"vendor", "migrations", "locale", "var", "node_modules", "__pycache__"}
REAL = {
    "SECRET_KEY": "a-key-for-this-check-alone-0123456789-abcdefghijklmnopqrstuvwxyz",
    "ALLOWED_HOSTS": "naru.example",
    "PUBLIC_URL": "https://naru.example",
    "DATABASE_URL": "",
    "NARU_DEMO": "0",
    "NARU_DEBUG": "0",
}


def main() -> int:
    with tempfile.TemporaryDirectory(prefix="naru-lint-") as state:
        env = {**os.environ, "NARU_STATE": state}
        good = [
            manage("makemigrations", "--check", "--dry-run", env=env),
            manage("check", "--deploy", "--fail-level", "WARNING", env={**env, **REAL}),
            files_are_short(),
        ]
    return 0 if all(good) else 1


def manage(*words, env) -> bool:
    print("manage.py", *words, flush=True)
    return subprocess.run([sys.executable, "manage.py", *words], cwd=ROOT, env=env).returncode == 0


def files_are_short() -> bool:
    """A file that no longer fits into a head is two files."""
    lengths = {path: len(path.read_text(encoding="utf-8").splitlines()) for path in our_files()}
    long = {path: lines for path, lines in lengths.items() if lines > MOST_LINES}
    for path, lines in long.items():
        print(f"{path.relative_to(ROOT)} has {lines} lines; {MOST_LINES} are enough.")
    print(f"{len(lengths)} files, the longest has {max(lengths.values())} lines.")
    return not long


def our_files():
    for path in ROOT.rglob("*"):
        parts = path.relative_to(ROOT).parts
        hidden = any(part.startswith(".") for part in parts)
        if path.suffix in SUFFIXES and path.is_file() and not hidden and not NOT_OURS & set(parts):
            yield path


if __name__ == "__main__":
    sys.exit(main())
