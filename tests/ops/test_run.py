"""`make run`: it stays up, it stops, and it says what to do."""

import os
import signal
import socket
import time

import pytest

from tests.product import Product, running

pytestmark = pytest.mark.once
PARTS = {"redis", "web", "worker", "beat", "media"}


@pytest.fixture(scope="module")
def state(tmp_path_factory):
    return tmp_path_factory.mktemp("house") / "state"


@pytest.fixture(scope="module")
def house(state):
    with running(state) as product:
        yield product


def lives(pid):
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    with open(f"/proc/{pid}/stat") as file:
        return file.read().rsplit(")", 1)[1].split()[0] != "Z"


def group_of(pids):
    """Everybody who belongs to these process groups."""
    everybody = [int(name) for name in os.listdir("/proc") if name.isdigit()]
    found = set()
    for pid in everybody:
        try:
            if os.getpgid(pid) in pids:
                found.add(pid)
        except ProcessLookupError:
            continue
    return found


def wait_until_gone(pids, seconds):
    give_up_at = time.monotonic() + seconds
    while left := {pid for pid in pids if lives(pid)}:
        assert time.monotonic() < give_up_at, f"still there: {left}"
        time.sleep(0.05)


def test_every_part_runs_and_its_secrets_are_its_owners_alone(house):
    house._until(lambda: set(house.pids()) == {"supervisor", *PARTS}, 20, "lacks a part")
    for secret in ("secret-key", "redis/redis.conf", "redis/door.json"):
        assert (house.state / secret).stat().st_mode & 0o077 == 0
    password = (house.state / "redis/redis.conf").read_text().split("requirepass ")[1].split()[0]
    with open(f"/proc/{house.pid('redis')}/cmdline") as words:
        assert password not in words.read()
    said = house.said.read_text()
    assert house.url in said and f"{house.url}/demo/" in said and "doctor@naru.example" in said and "Ctrl-C" in said


@pytest.mark.parametrize("name", sorted(PARTS))
def test_a_killed_part_comes_back_and_its_end_is_said(house, name):
    family = group_of({house.pid(name)})
    was = house.kill(name)
    house.wait_until_back(name, was)
    wait_until_gone(family, 5)
    assert f"{name} stopped (killed by SIGKILL); it starts again in" in house.said.read_text()


def test_a_second_naru_with_the_same_data_is_refused(house):
    second = Product(house.state)
    assert second.process.wait(20) == 1
    assert "runs already" in second.said.read_text() and "--state" in second.said.read_text()
    assert house.answers()


def test_ctrl_c_during_the_start_leaves_nobody(tmp_path):
    product = Product(tmp_path / "state")
    product._until(lambda: (product.pid("redis") or 0) > 0, 30, "starts no Redis")
    family = group_of({product.pid("redis")})
    assert product.stop(signal.SIGINT) == 0
    wait_until_gone(family, 1)


def test_a_taken_port_says_what_to_do(tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        product = Product(tmp_path / "state", port=port)
        assert product.process.wait(20) == 1
    assert f"Port {port} is taken" in product.said.read_text()
    assert f"make run PORT={port + 1}" in product.said.read_text()


def test_a_redis_that_does_not_answer_says_what_to_do(tmp_path):
    product = Product(tmp_path / "state", REDIS_URL="redis://127.0.0.1:1/0")
    assert product.process.wait(20) == 1
    assert "REDIS_URL does not answer" in product.said.read_text()


def test_a_database_that_does_not_answer_says_where_to_read_why(tmp_path):
    product = Product(tmp_path / "state", DATABASE_URL="postgresql://naru@127.0.0.1:1/naru")
    assert product.process.wait(30) == 1
    assert "`prepare` failed" in product.said.read_text() and "prepare.log" in product.said.read_text()


def test_it_stops_whole_and_starts_again_with_its_data(house, state):
    data = (state / "naru.sqlite3").stat().st_ino
    family = group_of(set(house.pids().values()) - {house.pid("supervisor")})
    assert len(family) > len(PARTS)  # the worker has a child of its own
    assert house.stop(signal.SIGTERM) == 0
    wait_until_gone(family, 1)
    assert not (state / "run.json").exists()
    with running(state) as second:
        assert (state / "naru.sqlite3").stat().st_ino == data
        assert "The demo morning is set up" not in second.log("prepare").rsplit("Operations to perform", 1)[1]
        family = group_of(set(second.pids().values()))
        os.kill(second.pid("supervisor"), signal.SIGKILL)
        second.process.wait()
        wait_until_gone(family, 15)
