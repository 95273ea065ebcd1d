"""All tests, on SQLite and on PostgreSQL: `make test`."""

import os
import subprocess
import sys
import time

from . import services

PASSES = {"SQLite": {}, "PostgreSQL": {"NARU_TEST_DATABASE": "postgresql"}}
ONLY = {"PostgreSQL": " and not once"}
HALVES = {
    "side by side": ["-n", str(os.cpu_count() or 1), "--dist", "loadfile", "--no-loadscope-reorder", "-m", "not alone"],
    "one by one": ["-m", "alone"],
}


def main() -> int:
    try:
        services.browser()  # missing? then say so now, not in four minutes
    except services.Missing as missing:
        print(f"Cannot test. {missing}")
        return 2
    wanted = [(database, half) for database in PASSES for half in HALVES]
    failed = [f"{half} on {database}" for database, half in wanted if not run(database, half)]
    print(f"Failed: {', '.join(failed)}." if failed else "All tests pass on SQLite and on PostgreSQL.")
    return len(failed)


def run(database: str, half: str) -> bool:
    """One pass of pytest."""
    print(f"\n=== {half} on {database} ===", flush=True)
    began = time.monotonic()
    *how, which = HALVES[half]
    command = [sys.executable, "-m", "pytest", *how, which + ONLY.get(database, ""), *sys.argv[1:]]
    env = {**os.environ, **PASSES[database]}
    env.pop("DJANGO_SETTINGS_MODULE", None)  # tests/conftest.py names it, once Redis and database are there
    code = subprocess.run(command, env=env, stdin=subprocess.DEVNULL).returncode
    print(f"=== {half} on {database}: {time.monotonic() - began:.0f} s ===", flush=True)
    return code == 0


if __name__ == "__main__":
    sys.exit(main())
