"""People of the demo in real browser windows, in front of the whole product."""

import pytest


@pytest.fixture
def sign_in(product, browser):
    """Open a window of one's own and become somebody of the demo, by name; without a name nobody signs in."""
    windows = []

    def become(name, **options):
        window = browser.new_context(permissions=["camera", "microphone"], base_url=product.url, **options)
        windows.append(window)
        page = window.new_page()
        page.set_default_timeout(20_000)
        if name:
            page.goto("/demo/")
            page.get_by_role("button", name=name).click()
        return page

    yield become
    for window in windows:
        window.close()
