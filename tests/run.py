"""All tests, on SQLite and on PostgreSQL: `make test`."""

import os
import subprocess
import sys
import tempfile
import time

from . import services


def main() -> int:
    try:
        services.browser()
        with services.redis() as redis_url, services.postgres() as postgres_url, tempfile.TemporaryDirectory() as state:
            own = {"NARU_STATE": state, "REDIS_URL": redis_url}
            passes = [
                ("SQLite", ["tests", "--ignore=tests/journeys"], own),
                ("PostgreSQL", ["tests", "--ignore=tests/journeys"], {**own, "DATABASE_URL": postgres_url}),
                ("whole product on SQLite", ["tests/journeys"], {"NARU_STATE": state}),
                ("whole product on PostgreSQL", ["tests/journeys"], {"NARU_STATE": state, "NARU_TEST_POSTGRES": postgres_url}),
            ]
            failed = [name for name, what, environment in passes if not run(name, what, environment)]
    except (services.Missing, services.embedded.Missing) as missing:
        print(f"Cannot test: {missing}")
        return 1
    print(f"failed: {', '.join(failed)}" if failed else "all passes are green")
    return bool(failed)


def run(name, what, environment) -> bool:
    """One pass of pytest."""
    print(f"\n=== {name} ===", flush=True)
    started = time.monotonic()
    base = {key: value for key, value in os.environ.items() if key not in ("REDIS_URL", "DATABASE_URL", "NARU_STATE")}
    code = subprocess.run([sys.executable, "-m", "pytest", *what, *sys.argv[1:]], env={**base, **environment}).returncode
    print(f"=== {name}: {time.monotonic() - started:.0f} s ===", flush=True)
    return code == 0


if __name__ == "__main__":
    sys.exit(main())
