"""Firefox, driven by WebDriver BiDi: Playwright drives only a Firefox built for it, and people have the real one."""

import contextlib
import itertools
import json
import os
import tempfile
from pathlib import Path

from websockets.sync.client import connect

from . import services

# Devices that nobody has to plug in or allow. Whether sound may play without a tap is left as people have it.
PREFERENCES = {
    "media.navigator.streams.fake": True,
    "media.navigator.permission.disabled": True,
    "media.peerconnection.ice.obfuscate_host_addresses": False,
    "app.update.enabled": False,
    "browser.shell.checkDefaultBrowser": False,
    "datareporting.policy.dataSubmissionEnabled": False,
    "network.captive-portal-service.enabled": False,
    "network.connectivity-service.enabled": False,
    "services.settings.server": "data:,",
}
SECONDS = 30
KEYS = {"Enter": "\ue007", "Escape": "\ue00c"}


@contextlib.contextmanager
def firefox():
    """A Firefox for the length of a block."""
    with tempfile.TemporaryDirectory(prefix="naru-firefox-", ignore_cleanup_errors=True) as name:
        profile = Path(name)
        lines = [f"user_pref({json.dumps(key)}, {json.dumps(value)});" for key, value in PREFERENCES.items()]
        (profile / "user.js").write_text("\n".join(lines))
        command = [services.firefox(), "--headless", "--no-remote", "--remote-debugging-port", "0", "--profile", name]
        with services._served(command, profile, env={**os.environ, "HOME": name}) as (process, log):
            door = profile / "WebDriverBiDiServer.json"
            at = services._until(lambda: json.loads(door.read_text()), (OSError, ValueError), process, log)
            with connect(f"ws://{at['ws_host']}:{at['ws_port']}/session", max_size=None, proxy=None) as socket:
                yield Firefox(socket)


class Firefox:
    """Asks for one thing after the other, and remembers which mistakes the pages reported meanwhile."""

    def __init__(self, socket) -> None:
        self.socket, self.numbers, self.mistakes = socket, itertools.count(), []
        self.ask("session.new", capabilities={})
        self.ask("session.subscribe", events=["log.entryAdded"])

    def ask(self, method: str, **params):
        number = next(self.numbers)
        self.socket.send(json.dumps({"id": number, "method": method, "params": params}))
        while (answer := json.loads(self.socket.recv(SECONDS))).get("id") != number:
            if answer["params"].get("level") == "error":
                self.mistakes.append(answer["params"]["text"])
        assert answer["type"] == "success", f"{method}: {answer['message']}"
        return answer["result"]

    def window(self, url: str) -> "Window":
        """A window with cookies of its own, at the foot of an address."""
        person = self.ask("browser.createUserContext")["userContext"]
        return Window(self, self.ask("browsingContext.create", type="window", userContext=person)["context"], url)


class Window:
    """What a person does with a page."""

    def __init__(self, browser: Firefox, context: str, base: str) -> None:
        self.browser, self.context, self.base = browser, context, base

    def goto(self, path: str) -> None:
        self.browser.ask("browsingContext.navigate", context=self.context, url=self.base + path, wait="complete")

    def evaluate(self, expression: str):
        """What an expression of JavaScript is on this page, or becomes."""
        words = f"(async () => JSON.stringify(await ({expression})))()"
        target = {"context": self.context}
        found = self.browser.ask("script.evaluate", expression=words, target=target, awaitPromise=True)
        assert found["type"] == "success", found["exceptionDetails"]["text"]
        return json.loads(found["result"].get("value", "null"))

    def press(self, *keys: str) -> None:
        self._perform("key", [{"type": kind, "value": KEYS.get(key, key)} for key in keys for kind in ("keyDown", "keyUp")])

    def click(self, selector: str) -> None:
        find = {"type": "css", "value": selector}
        self.evaluate(f"document.querySelector({json.dumps(selector)}).scrollIntoView({{block: 'center'}})")
        (node,) = self.browser.ask("browsingContext.locateNodes", context=self.context, locator=find, maxNodeCount=1)["nodes"]
        there = {"type": "element", "element": {"sharedId": node["sharedId"]}}
        move = {"type": "pointerMove", "x": 0, "y": 0, "origin": there}
        self._perform("pointer", [move, {"type": "pointerDown", "button": 0}, {"type": "pointerUp", "button": 0}])

    def _perform(self, kind, actions):
        hand = {"type": kind, "id": kind, "actions": actions}
        self.browser.ask("input.performActions", context=self.context, actions=[hand])
