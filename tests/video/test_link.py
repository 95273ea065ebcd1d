"""The way to one person, with real encryption and a receiver that decrypts what comes; time is a number."""

import os
import time
from types import SimpleNamespace

import pytest
from pylibsrtp import Error, Policy, Session

from video.media import rtcp
from video.media.ice import Lite
from video.media.incoming import Incoming
from video.media.link import Link
from video.media.outgoing import Outgoing
from video.media.private import Wire
from video.media.rtp import Ids, Packet, header

pytestmark = [pytest.mark.asyncio, pytest.mark.once]
IDS = Ids(1, 2, 5)
WHOLE, PART = b"\x10\x00" + bytes(900), b"\x10\x01" + bytes(900)


def codec(mime, payload_type, clock, **parameters):
    return SimpleNamespace(mimeType=mime, payloadType=payload_type, clockRate=clock, parameters=parameters)


SOUND = [codec("audio/opus", 96, 48_000)]
PICTURE = [codec("video/VP8", 97, 90_000), codec("video/rtx", 98, 90_000, apt=97)]


def sessions():
    """One direction: who encrypts, and who decrypts."""
    key = os.urandom(30)
    return Session(Policy(key, Policy.SSRC_ANY_OUTBOUND)), Session(Policy(key, Policy.SSRC_ANY_INBOUND))


class Receiver:
    """The person at the end of a link, who gets one sound and one picture."""

    def __init__(self):
        (ours, self.unlock), (_theirs, unlock) = sessions(), sessions()
        lite = Lite([])
        lite.address, lite.transmit = ("127.0.0.1", 9), lambda data, _address: self.came.append(data)
        transport = SimpleNamespace(_tx_srtp=ours, _rx_srtp=unlock)
        self.link = Link(Wire(SimpleNamespace(receiver=SimpleNamespace(transport=transport)), lite), self.told)
        self.came, self.weak, self.numbers, self.now = [], [], [], time.monotonic()
        self.sound, self.picture = Incoming("b", "audio", SOUND), Incoming("b", "video", PICTURE)
        for source, codecs, ssrc in ((self.sound, SOUND, 1), (self.picture, PICTURE, 2)):
            self.link.add(Outgoing(source, ssrc, ssrc + 10), codecs, IDS, str(ssrc))
        self.seq = {}

    def told(self, weak):
        self.weak.append(weak)

    def send(self, source, payload):
        """The source sends; what came of it, decrypted, as (payload type, payload)."""
        self.seq[source] = seq = self.seq.get(source, 100) + 1
        for taker in source.takers:
            taker.take(Packet(seq, seq * 960, 0, payload, -1), self.now)
        return self.reads()

    def reads(self):
        packets, self.came = self.came, []
        found = []
        for data in packets:
            start, end, _level, number = header(data, IDS)
            self.numbers.append(number)
            if not 192 <= data[1] <= 223:
                found.append((data[1] & 127, self.unlock.unprotect(data)[start : end - 10]))
        return found

    def reports(self, lost=()):
        """The receiver reports what came since the last report, but these."""
        self.now += 0.05
        numbers, self.numbers = self.numbers, []
        came = {number: int(self.now * 4000) + place for place, number in enumerate(numbers) if number not in lost}
        feedback = rtcp.transport_feedback(1, numbers[0], len(numbers), 0, came)
        self.link.heard(feedback, self.now)
        return self.reads()


@pytest.fixture
def receiver():
    receiver = Receiver()
    receiver.send(receiver.sound, b"hello")
    receiver.send(receiver.picture, WHOLE)
    receiver.reports()
    yield receiver
    receiver.link.close()


async def test_what_comes_goes_on_under_our_numbers(receiver):
    assert receiver.send(receiver.sound, b"how are you") == [(96, b"how are you")]
    assert receiver.send(receiver.picture, PART) == [(97, PART)]


async def test_a_picture_that_a_report_misses_is_sent_again_as_a_repair(receiver):
    receiver.send(receiver.picture, PART)
    receiver.send(receiver.picture, WHOLE)
    ((kind, repair),) = receiver.reports(lost=receiver.numbers[:1])
    assert (kind, repair[2:]) == (98, PART)


async def test_a_repair_that_is_missed_is_sent_again_too(receiver):
    receiver.send(receiver.picture, PART)
    receiver.send(receiver.picture, WHOLE)
    receiver.reports(lost=receiver.numbers[:1])
    repair = receiver.numbers[:1]
    receiver.now += 0.2
    receiver.send(receiver.sound, b"go on")
    assert [kind for kind, _payload in receiver.reports(lost=repair)] == [98]


async def test_sound_that_a_report_misses_comes_a_second_time_as_it_was(receiver):
    receiver.send(receiver.sound, b"it hurts")
    (missed,) = receiver.numbers
    receiver.send(receiver.sound, b"here")
    receiver.link.heard(rtcp.transport_feedback(1, missed, 2, 0, {missed + 1: int(receiver.now * 4000)}), receiver.now + 0.05)
    (again,) = receiver.came
    assert header(again, IDS)[3] == missed
    with pytest.raises(Error, match="replay"):  # the very same number, so nothing is locked twice with one key
        receiver.unlock.unprotect(again)


async def test_whoever_asks_twice_within_a_round_trip_gets_it_once(receiver):
    receiver.send(receiver.picture, PART)
    asked = rtcp.nack(2, [receiver.link.streams[2]._last])
    receiver.link.heard(asked, receiver.now)
    receiver.link.heard(asked, receiver.now)
    assert [kind for kind, _payload in receiver.reads()] == [98]


async def test_what_is_too_old_to_be_heard_is_not_sent_again(receiver):
    receiver.send(receiver.sound, b"long ago")
    receiver.now += 2
    receiver.send(receiver.sound, b"now")
    assert receiver.reports(lost=receiver.numbers[:1]) == []


async def test_sound_leaves_while_picture_waits(receiver):
    receiver.link.downlink.pacing = 0.0
    assert receiver.send(receiver.picture, PART) == []
    assert receiver.send(receiver.sound, b"still here") == [(96, b"still here")]


async def test_sound_only_leaves_pictures_out_until_they_are_wanted(receiver):
    receiver.link.want_pictures(False)
    assert receiver.send(receiver.picture, WHOLE) == []
    receiver.link.want_pictures(True)
    assert receiver.send(receiver.picture, PART) == []
    assert receiver.send(receiver.picture, WHOLE) == [(97, WHOLE)]


async def test_what_no_link_carries_in_one_piece_is_not_sent(receiver):
    assert receiver.send(receiver.sound, bytes(1400)) == []


async def test_only_the_last_second_is_kept(receiver):
    outgoing = receiver.link.streams[2]
    receiver.send(receiver.picture, PART)
    old = outgoing._last
    receiver.now += 1.5
    receiver.send(receiver.picture, PART)
    receiver.link.tick(receiver.now)
    assert [entry[0] for entry in outgoing._kept if entry] == [outgoing._last]
    assert outgoing.repair(old, 0.0, receiver.now, receiver.now) == 0
