"""All tests, on SQLite and on PostgreSQL: `make test`."""

import os
import subprocess
import sys
import time

from . import services

PASSES = {"SQLite": {}, "PostgreSQL": {"NARU_TEST_DATABASE": "postgresql"}}
ONLY = {"PostgreSQL": ["-m", "not once"]}


def main() -> int:
    try:
        services.browser()  # missing? then say so now, not in four minutes
    except services.Missing as missing:
        print(f"Cannot test. {missing}")
        return 2
    failed = [name for name in PASSES if not run(name)]
    print(f"Failed on: {', '.join(failed)}." if failed else "All tests pass on SQLite and on PostgreSQL.")
    return len(failed)


def run(name: str) -> bool:
    """One pass of pytest."""
    print(f"\n=== {name} ===", flush=True)
    began = time.monotonic()
    command = [sys.executable, "-m", "pytest", *ONLY.get(name, []), *sys.argv[1:]]
    env = {**os.environ, **PASSES[name]}
    env.pop("DJANGO_SETTINGS_MODULE", None)  # tests/conftest.py names it, once Redis and database are there
    code = subprocess.run(command, env=env, stdin=subprocess.DEVNULL).returncode
    print(f"=== {name}: {time.monotonic() - began:.0f} s ===", flush=True)
    return code == 0


if __name__ == "__main__":
    sys.exit(main())
