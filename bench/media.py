"""The whole table of docs/media.md: `make bench`, or `python -m bench.run media`. Half an hour; it needs Janus and a browser.

What a packet costs (load.py), how soon people see each other (alive.py), what weak links do (narrow.py).
"""

from . import alive, load, narrow

TIMES = 2  # runs of each weak link


def measure() -> dict:
    return {"cost": load.measure(), "alive": alive.measure(), "weak links": narrow.measure(times=TIMES)}
