"""Claim: pages are light and quick; the first visit of an intake page is at most 120 kB over the line, a repeat at most 15 kB."""

import re

from .house import Visitor, percentiles, timed

TIMES = 30
ASSETS = re.compile(r'(?:href|src)="(/static/[^"]+)"')


def measure(product, settings) -> dict:
    patient, doctor = Visitor(product.url).become("Daniel Reed"), Visitor(product.url).become("김서연")
    start = patient.get("/start/")[0]
    known, clinic = re.search(r'name="who" value="(\d+)"', start).group(1), re.search(r'option value="(\d+)"', start).group(1)
    patient.post("/start/", who=known, clinic=clinic)
    visit = re.search(r"/visit/([0-9a-f-]{36})/", patient.get("/desk/home/")[0]).group(1)
    pages = {
        "intake, one question": (patient, f"/visit/{visit}/intake/onset/"),
        "patient's visit": (patient, f"/visit/{visit}/"),
        "doctor's queue": (doctor, "/desk/queue/"),
        "doctor's queue, live part": (doctor, "/desk/queue/now/"),
    }
    times = {name: percentiles([timed(who.get, path) for _time in range(TIMES)]) for name, (who, path) in pages.items()}
    return {"times": times, "bytes": weigh(patient, f"/visit/{visit}/intake/onset/")}


def weigh(patient, path) -> dict:
    """Bytes of the page and of everything it links to, compressed as they are sent."""
    page, size = patient.get(path)
    assets = {asset: patient.get(asset)[1] for asset in dict.fromkeys(ASSETS.findall(page))}
    return {"first_visit": size + sum(assets.values()), "repeat_visit": size, "assets": assets}
