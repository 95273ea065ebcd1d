"""Messages: what passes, what does not. Pure."""

from dataclasses import asdict, replace

from django.test import SimpleTestCase
from hypothesis import given
from hypothesis import strategies as st

from video.media import protocol
from video.media.protocol import (
    Answer,
    Chat,
    Command,
    Event,
    Malformed,
    Offer,
    Picture,
    Quality,
    Restart,
    State,
    Unshare,
    from_browser,
)  # fmt: skip

from .faults import WELL

SDP = "v=0\r\no=- 1 1 IN IP4 0.0.0.0\r\n"
ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=20) | st.sampled_from(["offer", "answer", "state", "v=0"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["type", "sdp", "text", "number"]), inner),
    max_leaves=8,
)


class FromBrowserTest(SimpleTestCase):
    @given(ANYTHING)
    def test_nothing_else_happens_whatever_is_sent(self, content):
        try:
            said = from_browser(content)
        except Malformed:
            return
        self.assertIsInstance(said, (Offer, Answer, Unshare, Restart, Picture, State, Chat, Quality))

    def test_a_browser_cannot_speak_for_another_seat(self):
        for name in ("room", "person", "session", "generation"):
            with self.subTest(name=name), self.assertRaises(Malformed):
                from_browser({"type": "offer", "sdp": SDP, name: "x"})

    def test_what_browsers_say_is_understood(self):
        self.assertEqual(from_browser({"type": "offer", "sdp": SDP}), Offer(SDP))
        self.assertEqual(from_browser({"type": "answer", "number": 3, "sdp": SDP}), Answer(3, SDP))
        self.assertEqual(from_browser({"type": "offer", "sdp": SDP, "screen": True}), Offer(SDP, screen=True))
        self.assertEqual(from_browser({"type": "unshare"}), Unshare())
        self.assertEqual(from_browser({"type": "restart"}), Restart())
        self.assertEqual(from_browser({"type": "picture", "wanted": False}), Picture(False))
        self.assertEqual(from_browser({"type": "state", "muted": True, "camera": False}), State(True, False))
        self.assertEqual(from_browser({"type": "chat", "text": "왼팔도 저려요"}), Chat("왼팔도 저려요"))

    def test_what_nobody_says_is_refused(self):
        strange = [
            None, [], 7, "offer", {}, {"type": None}, {"type": []}, {"type": "join"}, {"type": "leave"},
            {"type": "offer"}, {"type": "offer", "sdp": None}, {"type": "offer", "sdp": ["v=0"]}, {"type": "offer", "sdp": "hi"},
            {"type": "offer", "sdp": SDP, "room": "another"}, {"type": "answer", "sdp": SDP},
            {"type": "answer", "number": True, "sdp": SDP}, {"type": "answer", "number": "1", "sdp": SDP},
            {"type": "state", "muted": 1, "camera": False}, {"type": "chat", "text": {"a": 1}},
            {"type": "offer", "sdp": SDP, "screen": "yes"}, {"type": "unshare", "sdp": SDP},
            {"type": "restart", "line": "publish"}, {"type": "picture"}, {"type": "picture", "wanted": 1},
            {"type": "candidate", "candidate": "candidate:1 1 udp 1 192.168.0.2 9 typ host"},
        ]  # fmt: skip
        for content in strange:
            with self.subTest(content=content), self.assertRaises(Malformed):
                from_browser(content)

    def test_how_it_goes_is_understood_within_its_ranges_and_refused_beyond_them(self):
        well = {"type": "quality", **asdict(WELL)}
        self.assertEqual(from_browser(well), WELL)
        self.assertEqual(from_browser({**well, "looking": 3}), replace(WELL, looking=3))
        strange = [
            {"round_trip": -1}, {"round_trip": float("nan")}, {"round_trip": float("inf")}, {"round_trip": None},
            {"lost_up": 101}, {"lost_down": True}, {"freezes": "1"}, {"path": "10.0.0.1"}, {"transport": "sctp"},
            {"up": "open"}, {"camera": "front"}, {"met": 1}, {"problem": "x" * 9}, {"person": "another"},
        ]  # fmt: skip
        for wrong in strange:
            with self.subTest(wrong=wrong), self.assertRaises(Malformed):
                from_browser({**well, **wrong})

    def test_a_description_of_64_kilobytes_passes_and_a_longer_one_does_not(self):
        full = "v=0".ljust(protocol.LONGEST_SDP, "x")
        self.assertEqual(from_browser({"type": "offer", "sdp": full}).sdp, full)
        for kind in ({"type": "offer"}, {"type": "answer", "number": 1}):
            with self.assertRaises(Malformed):
                from_browser({**kind, "sdp": full + "x"})


class InsideTest(SimpleTestCase):
    def test_commands_and_events_survive_the_way_through_redis(self):
        asked = Command("answer", "room", "person", "socket", 2, {"number": 1, "sdp": SDP})
        self.assertEqual(protocol.command(protocol.dump(asked)), asked)
        told = Event("offer", SDP, 4, fresh=True, streams={"0": "person", "1": "person/screen"})
        self.assertEqual(protocol.event(protocol.dump(told)), told)

    def test_broken_ones_are_refused(self):
        for text in (
            b"",
            b"[]",
            b"{}",
            b'{"kind": "join"}',
            '{"kind": "shout", "room": "", "person": "", "session": "", "generation": 1}',
        ):
            with self.subTest(text=text), self.assertRaises(Malformed):
                protocol.command(text)
        for text in ("x", '{"kind": "shout"}', '{"kind": "offer", "strange": 1}'):
            with self.subTest(text=text), self.assertRaises(Malformed):
                protocol.event(text)
