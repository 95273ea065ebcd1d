"""Browsers that want to be told at once: by whose wish, and how they are reached."""

import contextlib
import os
import re
from functools import lru_cache
from pathlib import Path
from uuid import uuid4

from cryptography.hazmat.primitives.asymmetric import ec
from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.errors import Refused

from . import webpush
from .models import PushDevice

SESSION_KEY = "push_device"
MOST_DEVICES = 5  # of one person; the oldest goes


class NoDevice(Refused):
    """What the browser sent is no address that can be pushed to."""

    status = 400


@transaction.atomic
def subscribe(told: dict, *, user=None, patient=None) -> PushDevice:
    """This browser wants to be told: for the account, or for the patient whose link opened it; who asked before is forgotten."""
    device, _new = PushDevice.objects.update_or_create(
        endpoint=_address(told), defaults={"user": user, "patient": None if user else patient, **_keys(told)}
    )
    mine = PushDevice.objects.filter(user=user, patient=device.patient).order_by("-seen_at")
    PushDevice.objects.filter(pk__in=list(mine.values_list("pk", flat=True)[MOST_DEVICES:])).delete()
    return device


def unsubscribe(pk) -> None:
    """This browser wants nothing any more."""
    PushDevice.objects.filter(pk=pk).delete()


@lru_cache(maxsize=1)
def own_key() -> ec.EllipticCurvePrivateKey:
    """The key by which browsers know this house: set, or made once for all processes that share NARU_STATE."""
    if settings.VAPID_PRIVATE_KEY:
        return webpush.private_key(settings.VAPID_PRIVATE_KEY)
    path = Path(settings.NARU_STATE) / "vapid.key"
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        draft = path.with_name(f".{uuid4()}")
        draft.touch(mode=0o600)
        draft.write_text(webpush.written(ec.generate_private_key(webpush.CURVE)))
        with contextlib.suppress(FileExistsError):
            os.link(draft, path)  # of two processes one wins, and both read the same
        draft.unlink()
    return webpush.private_key(path.read_text())


def public_key() -> str:
    """What a browser is told when it subscribes."""
    return webpush.encode(webpush.point(own_key()))


def _address(told) -> str:
    endpoint = told.get("endpoint") if isinstance(told, dict) else None
    if not isinstance(endpoint, str) or len(endpoint) > 1000 or not re.fullmatch(r"https?://[!-~]+", endpoint):
        raise _no_device()
    return endpoint


def _keys(told) -> dict:
    """Both keys, if something can be encrypted with them."""
    try:
        key, secret = told["keys"]["p256dh"], told["keys"]["auth"]
        webpush.encrypt(b"", key=webpush.decode(key), secret=webpush.decode(secret))
        if len(webpush.decode(secret)) != 16 or len(key) > 100 or len(secret) > 30:
            raise ValueError
    except (KeyError, TypeError, ValueError, AttributeError):
        raise _no_device() from None
    return {"key": key, "secret": secret}


def _no_device():
    return NoDevice(_("This browser did not say how it can be reached."))
