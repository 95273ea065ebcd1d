"""How each part of Naru shows that it is ready."""

import asyncio

from redis.asyncio import Redis
from redis.exceptions import RedisError

from video.media.leases import heartbeat_key

from .children import Child

PATIENCE_SECONDS = 3


async def redis_answers(url: str) -> bool:
    """PING, PONG."""
    try:
        async with Redis.from_url(url, socket_connect_timeout=PATIENCE_SECONDS, socket_timeout=PATIENCE_SECONDS) as redis:
            return await redis.ping()
    except (RedisError, OSError, ValueError):
        return False


async def pages_answer(address: str, port: int, name: str) -> bool:
    """/healthz says ok to one of the names this site has."""
    try:
        async with asyncio.timeout(PATIENCE_SECONDS):
            reader, writer = await asyncio.open_connection(address, port)
            writer.write(f"GET /healthz HTTP/1.0\r\nHost: {name}\r\n\r\n".encode())
            status = await reader.readline()
            writer.close()
            return b" 200 " in status
    except (OSError, TimeoutError):
        return False


async def media_beats(url: str) -> bool:
    """A media worker has said within the last three seconds that it lives."""
    async with Redis.from_url(url, socket_timeout=PATIENCE_SECONDS) as redis:
        async for _key in redis.scan_iter(heartbeat_key("*")):
            return True
    return False


async def worker_is_ready(child: Child) -> bool:
    """Celery says that it takes tasks."""
    return any(line.endswith(" ready.") for line in child.last_lines)


async def lives(child: Child) -> bool:
    """It runs: there is nothing to ask it."""
    return True
