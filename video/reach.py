"""How browsers reach us from networks that block UDP: relays of our own, opened by a credential that soon runs out."""

import base64
import hashlib
import hmac
import time

from django.conf import settings

RELAY_SECONDS = 4 * 60 * 60  # longer than any visit: a relay ends the line when the credential does


def ice_servers(participant) -> list[dict]:
    """What a browser is told; relays get a name and a password of this seat alone (coturn's `use-auth-secret`)."""
    if not settings.TURN_URLS:
        return settings.ICE_SERVERS
    name = f"{int(time.time()) + RELAY_SECONDS}:{participant.pk}"
    seal = hmac.digest(settings.TURN_SECRET.encode(), name.encode(), hashlib.sha1)
    relays = {"urls": settings.TURN_URLS, "username": name, "credential": base64.b64encode(seal).decode()}
    return [*settings.ICE_SERVERS, relays]
