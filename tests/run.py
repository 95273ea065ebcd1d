"""All tests, on SQLite and on PostgreSQL: `make test`."""

import os
import subprocess
import sys
import time


def main() -> int:
    if subprocess.run([sys.executable, "-m", "tests.browser"]).returncode:
        return 1
    failed = [database for database in ("sqlite", "postgresql") if not run(database)]
    print(f"failed on: {', '.join(failed)}" if failed else "all tests pass on SQLite and on PostgreSQL")
    return len(failed)


def run(database: str) -> bool:
    """One pass of everything on one database."""
    print(f"\n=== {database} ===", flush=True)
    started = time.monotonic()
    environment = {**os.environ, "NARU_TEST_DATABASE": database}
    code = subprocess.run([sys.executable, "-m", "pytest", *sys.argv[1:]], env=environment).returncode
    print(f"=== {database}: {time.monotonic() - started:.0f} s ===", flush=True)
    return code == 0


if __name__ == "__main__":
    sys.exit(main())
