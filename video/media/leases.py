"""Which worker holds which room: names of keys in Redis and how long they live."""

HEARTBEAT_SECONDS = 1.0
HEARTBEAT_TTL_MS = 3_000
LEASE_TTL_MS = 10_000  # a lease outlives a short pause of its worker, and a dead worker by ten seconds at most


def heartbeat_key(worker: str) -> str:
    return f"naru:media:worker:{worker}"


def commands_key(worker: str) -> str:
    return f"naru:media:commands:{worker}"


def lease_key(room: str) -> str:
    return f"naru:media:room:{room}"


def generation_key(room: str) -> str:
    return f"naru:media:generation:{room}"


def events_channel(session: str) -> str:
    return f"naru:media:events:{session}"
