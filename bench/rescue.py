"""How soon the rescue board names a fault: `python -m bench.rescue [TIMES]`, in real browsers against the whole product."""

import contextlib
import statistics
import sys
import tempfile
import time
from pathlib import Path

from playwright.sync_api import sync_playwright

from tests import services
from tests.journeys.conftest import strict
from tests.journeys.faults import WHILE_COMING, WHILE_TALKING, Visit
from tests.product import running
from tests.weak_link import WeakLink, free_port

BAD = ("amber", "red")


def one(fault, sign_in, link, name):
    """Seconds from the fault until the open board says amber or red, and names it right."""
    link.set("both", delay=10)
    visit = Visit(sign_in, name)
    if fault in WHILE_TALKING:
        visit.meet()
        began, cause = time.monotonic(), fault(visit, link)
    else:
        cause, began = fault(visit, link), time.monotonic()  # opening the page is no part of the fault
    bad = None
    while time.monotonic() - began < 40:
        level, causes = visit.board()
        bad = bad or (level in BAD and time.monotonic() - began)
        if cause in causes:
            return bad, time.monotonic() - began
        time.sleep(0.05)
    return bad, None


def main():
    times = int(sys.argv[1]) if len(sys.argv) > 1 else 3
    with contextlib.ExitStack() as stack:
        port = free_port()
        link = stack.enter_context(contextlib.closing(WeakLink(port)))
        folder = stack.enter_context(tempfile.TemporaryDirectory())
        media = {"MEDIA_ADDRESSES": f"127.0.0.1:{link.port}=127.0.0.1", "MEDIA_PORTS": str(port)}
        product = stack.enter_context(running(Path(folder) / "state", **media))
        playwright = stack.enter_context(sync_playwright())
        browser = playwright.chromium.launch(executable_path=services.browser(), args=services.BROWSER_FLAGS)
        wary = strict(browser)
        for fault in (*WHILE_COMING, *WHILE_TALKING):
            found = []
            for number in range(times):
                with windows(browser, wary, product.url) as sign_in:
                    found.append(one(fault, sign_in, link, f"김{fault.__name__[:8]}{number}"))
            show(fault, found)
        browser.close()
        wary.close()


@contextlib.contextmanager
def windows(browser, wary, url):
    """Windows of people of the demo, closed afterwards."""
    opened = []

    def sign_in(name, allowed=True):
        devices = ["camera", "microphone"] if allowed else []
        window = (browser if allowed else wary).new_context(permissions=devices, base_url=url)
        opened.append(window)
        page = window.new_page()
        page.set_default_timeout(20_000)
        if name:
            page.goto("/demo/")
            page.get_by_role("button", name=name).click()
        return page

    yield sign_in
    for window in opened:
        window.close()


def show(fault, found):
    bad = [seconds for seconds, _named in found if seconds]
    named = [seconds for _bad, seconds in found if seconds is not None]
    middle = f"{statistics.median(bad):.1f} s (at most {max(bad):.1f} s)" if bad else "never"
    print(f"{fault.__name__:13} amber after {middle}; named right {len(named)} of {len(found)}", flush=True)


if __name__ == "__main__":
    main()
