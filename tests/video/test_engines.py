"""What every engine keeps: the same conversation, on our forwarder and on a real Janus."""

import asyncio
import contextlib

import pytest
from aiortc import AudioStreamTrack

from telehealth import embedded
from tests import relays
from video.media.forwarder import Forwarder
from video.media.janus import Janus
from video.media.protocol import Offer, Picture

from .browser import Browser, until
from .test_media import URL, room, working

pytestmark = [pytest.mark.asyncio, pytest.mark.once]


@pytest.fixture(scope="module")
def janus():
    with relays.janus() as found:
        yield found


@pytest.fixture(params=["naru", "janus"])
def engine(request):
    """Makes an engine inside the test's loop."""
    if request.param == "naru":
        return lambda: Forwarder(["127.0.0.1"], range(0, 1))
    return lambda: Janus(*request.getfixturevalue("janus"))


async def test_two_people_see_and_hear_each_other(engine):
    async with working(engine()), Browser(URL, name := room(), "a") as a, Browser(URL, name, "b") as b:
        await a.publish()
        await b.publish()
        await a.gets("b")
        await b.gets("a")


async def test_a_third_comes_and_goes_without_disturbing_the_others(engine):
    async with working(engine()), Browser(URL, name := room(), "a") as a, Browser(URL, name, "b") as b:
        await a.publish()
        await b.publish(AudioStreamTrack())
        await a.gets("b", "audio")
        first = a.getting
        async with Browser(URL, name, "c") as c:
            await c.publish()
            await a.gets("c")
            await c.gets("a")
            await c.gets("b", "audio")
            await c.switchboard.leave(c.line)
        await until(lambda: "c" not in a.streams.values(), what="c is gone")
        await a.gets("b", "audio")
        assert a.getting is first  # renegotiated, not replaced


async def test_who_cannot_send_still_sees(engine):
    async with working(engine()), Browser(URL, name := room(), "a") as a, Browser(URL, name, "b") as b:
        await a.publish()
        await b.gets("a")


async def test_who_joins_again_replaces_their_older_page(engine):
    async with working(engine()), Browser(URL, name := room(), "a") as a, Browser(URL, name, "b") as old:
        await a.publish()
        await old.publish()
        await a.gets("b")
        async with Browser(URL, name, "b") as new:
            await until(lambda: "replaced" in old.told, what="the older page is told")
            await new.publish()
            await new.gets("a")
            await until(lambda: set(a.streams.values()) == {"b"})
            await old.switchboard.leave(old.line)  # not heard any more
            await a.gets("b")


async def test_a_broken_description_ends_nobody_elses_visit(engine):
    async with (
        working(engine()),
        Browser(URL, name := room(), "a") as a,
        Browser(URL, name, "b") as b,
        Browser(URL, name, "c") as bad,
    ):
        await a.publish()
        await b.publish()
        await a.gets("b")
        await bad.switchboard.offer(bad.line, Offer("v=0\r\nm=video nonsense"))
        await until(lambda: "rejoin" in bad.told, what="told to join again")
        await a.gets("b")


async def test_sound_only_leaves_the_picture_out_until_it_is_wanted_again(engine):
    async with working(engine()), Browser(URL, name := room(), "a") as a, Browser(URL, name, "b") as b:
        await a.publish()
        await b.gets("a")
        await b.switchboard.picture(b.line, Picture(False))
        await until(lambda: _stands_still(b), what="no picture comes")
        await b.gets("a", "audio")
        await b.switchboard.picture(b.line, Picture(True))
        await b.gets("a")


async def _stands_still(browser):
    before = browser.frames["a", "video"]
    await asyncio.sleep(0.5)
    return browser.frames["a", "video"] == before


async def test_when_janus_dies_everybody_is_told_and_the_next_one_serves_them():
    port = embedded.free_port()
    with contextlib.ExitStack() as first:
        engine = Janus(*first.enter_context(relays.janus(port)))
        async with working(engine), Browser(URL, name := room(), "a") as a, Browser(URL, name, "b") as b:
            await a.publish()
            await b.gets("a")
            await asyncio.to_thread(first.close)
            await until(lambda: "rejoin" in a.told and "rejoin" in b.told, 20, "both are told")
            with relays.janus(port):
                async with Browser(URL, name, "a") as a_again, Browser(URL, name, "b") as b_again:
                    await a_again.publish()
                    await b_again.gets("a")
