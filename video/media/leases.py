"""Which worker holds which room: names of keys in Redis, how long they live, and who may change a lease."""

HEARTBEAT_SECONDS = 0.5
HEARTBEAT_TTL_MS = 2_000
LEASE_TTL_MS = 10_000  # a lease outlives a short pause of its worker, and a dead worker by ten seconds at most

# A lease belongs to who wrote it. Keep it while it is ours (or nobody's, after Redis lost it); 0: somebody else has it.
KEEP_LEASE = """
local held = redis.call('get', KEYS[1])
if held and held ~= ARGV[1] then return 0 end
redis.call('set', KEYS[1], ARGV[1], 'px', ARGV[2])
return 1
"""
# Take a lease away only if it is still the one we saw.
DROP_LEASE = "if redis.call('get', KEYS[1]) == ARGV[1] then return redis.call('del', KEYS[1]) end return 0"


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


def lease(worker: str, generation: int) -> str:
    return f"{worker}:{generation}"
