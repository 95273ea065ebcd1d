"""Run all benches, those of pages against one fresh product: `make bench`; results as JSON and as a table.

`python -m bench.run NAME ...` runs some and keeps the other results.
"""

import json
import os
import platform
import sys
import tempfile
from pathlib import Path

from tests import services
from tests.product import ROOT, running

from . import media, pages, submit_to_page, triage

ON_A_PRODUCT = {"pages": pages, "submit_to_page": submit_to_page}
RESULTS = ROOT / "bench" / "results.json"


def main() -> int:
    wanted = sys.argv[1:] or [*ON_A_PRODUCT, "triage", "media"]
    results = json.loads(RESULTS.read_text(encoding="utf-8")) if sys.argv[1:] else {}
    results["machine"] = {"cores": os.cpu_count(), "python": platform.python_version(), "load": round(os.getloadavg()[0], 1)}
    if "triage" in wanted:
        results["triage"] = triage.measure()
    if "media" in wanted:
        results["media"] = media.measure()
    if on_a_product := [name for name in wanted if name in ON_A_PRODUCT]:
        measure_pages(on_a_product, results)
    RESULTS.write_text(json.dumps(results, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    table(results)
    return 0


def measure_pages(wanted, results) -> None:
    """On each database a product of its own."""
    with services.postgres() as url:
        for database, settings in (("postgresql", {"DATABASE_URL": url}), ("sqlite", {})):
            with (
                tempfile.TemporaryDirectory(prefix="naru-bench-") as folder,
                running(Path(folder) / "state", **settings) as product,
            ):
                for name in wanted:
                    print(f"{name} on {database} ...", flush=True)
                    results[f"{name} on {database}"] = ON_A_PRODUCT[name].measure(product, settings)


def table(results, indent="") -> None:
    """Figures for people."""
    for name, value in results.items():
        if isinstance(value, dict):
            print(f"{indent}{name}")
            table(value, indent + "  ")
        else:
            print(f"{indent}{name:<40} {value}")


if __name__ == "__main__":
    sys.exit(main())
