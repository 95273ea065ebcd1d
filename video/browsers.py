"""What a browser calls itself, and which words help its owner. Pure; nothing is refused because of a name."""

import re
from urllib.parse import quote, urlsplit

from django.utils.translation import gettext as _

# Browsers inside other apps: most of them give no camera, whatever their owner allows.
IN_APPS = {
    "KakaoTalk": re.compile(r"KAKAOTALK"),
    "Instagram": re.compile(r"Instagram"),
    "Facebook": re.compile(r"FBAN|FBAV|FB_IAB"),
    "NAVER": re.compile(r"NAVER\(inapp"),
    "LINE": re.compile(r"\bLine/"),
}
FAMILIES = (
    ("samsung", re.compile(r"SamsungBrowser")),
    ("firefox", re.compile(r"Firefox|FxiOS")),
    ("ios-app", re.compile(r"(iPhone|iPad).*(CriOS|EdgiOS)")),
    ("ios", re.compile(r"iPhone|iPad")),
    ("android", re.compile(r"Android.*Chrome")),
    ("chrome", re.compile(r"Chrome|Edg")),
    ("safari", re.compile(r"Macintosh.*Safari")),
)


def in_app(agent: str) -> str:
    """The app whose own small browser this is, or nothing."""
    return next((name for name, pattern in IN_APPS.items() if pattern.search(agent)), "")


def family(agent: str) -> str:
    """Which way to the permissions this browser has."""
    return next((name for name, pattern in FAMILIES if pattern.search(agent)), "other")


def way_out(agent: str, url: str) -> str:
    """An address that opens the page in the phone's own browser."""
    if in_app(agent) == "KakaoTalk":
        return f"kakaotalk://web/openExternal?url={quote(url, safe='')}"
    parts = urlsplit(url)
    if "Android" in agent:
        return f"intent://{parts.netloc}{parts.path}#Intent;scheme={parts.scheme};package=com.android.chrome;end"
    return f"x-safari-{url}"


def denied(agent: str) -> str:
    """How to allow camera and microphone after they were blocked."""
    return {
        "samsung": _(
            "Camera and microphone are blocked. In Samsung Internet, tap the lock beside the address, then "
            "“Permissions”, allow camera and microphone, and reload."
        ),
        "firefox": _(
            "Camera and microphone are blocked. In Firefox, tap the crossed-out camera beside the address, remove the block, "
            "and reload."
        ),
        "ios": _(
            "Camera and microphone are blocked. On the iPhone, tap the sign at the left of the address, then "
            "“Website Settings”, allow camera and microphone, and reload."
        ),
        "ios-app": _(
            "Camera and microphone are blocked. Open the iPhone's Settings, find this browser in the list, allow camera and "
            "microphone, and come back."
        ),
        "android": _(
            "Camera and microphone are blocked. In Chrome, tap the sign at the left of the address, then “Permissions”, "
            "allow camera and microphone, and reload."
        ),
        "chrome": _(
            "Camera and microphone are blocked. Click the sign at the left of the address, allow camera and microphone, "
            "and reload."
        ),
        "safari": _(
            "Camera and microphone are blocked. In Safari, open “Settings for This Website” in the menu, allow camera and "
            "microphone, and reload."
        ),
    }.get(family(agent)) or _(
        "Camera and microphone are blocked. Tap the lock or camera sign beside the address, allow both, and reload."
    )
