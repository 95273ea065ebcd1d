import unittest

from hypothesis import given
from hypothesis import strategies as st

from video.media import protocol
from video.media.protocol import Command, Event, Malformed

SEAT = {"room": "r", "person": "p", "session": "s"}
ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)


class FromBrowserTest(unittest.TestCase):
    def test_an_offer_becomes_a_command_of_this_seat(self):
        command = protocol.from_browser({"type": "offer", "sdp": "v=0\r\n"}, **SEAT)
        self.assertEqual(command, Command("offer", "r", "p", "s", "publish", "v=0\r\n"))

    def test_a_browser_cannot_speak_for_another_seat(self):
        command = protocol.from_browser({"type": "offer", "sdp": "v=0", "person": "x", "room": "y", "session": "z"}, **SEAT)
        self.assertEqual((command.room, command.person, command.session), ("r", "p", "s"))

    def test_what_is_too_long_or_unknown_is_malformed(self):
        for content in (
            {"type": "join"},
            {"type": "leave"},
            {"type": "offer", "sdp": "v=0" + "a" * protocol.LONGEST_SDP},
            {"type": "offer", "sdp": "hello"},
            {"type": "offer", "sdp": 7},
            {"type": "candidate", "candidate": {"candidate": "a" * protocol.LONGEST_CANDIDATE}},
            {"type": "answer", "sdp": "v=0", "line": "x" * 41},
            ["offer"],
        ):
            with self.subTest(str(content)[:60]), self.assertRaises(Malformed):
                protocol.from_browser(content, **SEAT)

    @given(ANYTHING)
    def test_nothing_else_happens_whatever_is_sent(self, content):
        try:
            command = protocol.from_browser(content, **SEAT)
        except Malformed:
            return
        self.assertIn(command.kind, ("offer", "answer", "candidate"))


class WireTest(unittest.TestCase):
    def test_messages_survive_the_wire(self):
        command = Command("candidate", "r", "p", "s", "publish", candidate={"candidate": "candidate:1"})
        self.assertEqual(protocol.command(protocol.dump(command)), command)
        self.assertEqual(protocol.event(protocol.dump(Event("gone", "p"))), Event("gone", "p"))

    def test_a_broken_message_is_malformed(self):
        for text in ("", "{", "[]", '{"kind": "join"}', '{"strange": 1}'):
            with self.subTest(text), self.assertRaises(Malformed):
                protocol.command(text)
