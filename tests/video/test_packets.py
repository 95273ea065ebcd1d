"""Packets as bytes: against aiortc's own reading and writing, which is somebody else's work. Pure."""

import contextlib
from types import SimpleNamespace

from aiortc import rtp as peer
from django.test import SimpleTestCase
from hypothesis import given
from hypothesis import strategies as st

from video.media import rtcp
from video.media.arrivals import Arrivals
from video.media.pictures import starts_whole_picture
from video.media.rtp import LEVEL, MID, TRANSPORT_CC, Ids, Writer, header, newer

U16 = st.integers(0, 0xFFFF)
U32 = st.integers(0, 0xFFFFFFFF)
IDS = Ids(1, 2, 5)


def one(data):
    (block,) = rtcp.blocks(data)
    return block


class RtpTest(SimpleTestCase):
    @given(U16, U32, st.booleans(), st.integers(-1, 127), U16, st.binary(min_size=1, max_size=1200))
    def test_what_we_write_others_read(self, seq, timestamp, last, level, transport, payload):
        data = Writer(7, 96, IDS, "1").write(seq, timestamp, 128 * last, level, transport, payload)
        start, end, told, number = header(data, IDS)
        self.assertEqual((data[start:end], told, number), (payload, level, transport))
        read = peer.RtpPacket.parse(data, peer.HeaderExtensionsMap())
        self.assertEqual((read.sequence_number, read.timestamp, read.ssrc, read.payload), (seq, timestamp, 7, payload))
        self.assertEqual((read.marker, read.payload_type), (int(last), 96))

    @given(st.integers(1, 255), U16)
    def test_padding_has_no_payload(self, size, transport):
        data = Writer(7, 97, IDS, "1").padding(5, 0, transport, size)
        start, end, _level, number = header(data, IDS)
        self.assertEqual((start, number), (end, transport))
        self.assertEqual(peer.RtpPacket.parse(data, peer.HeaderExtensionsMap()).padding_size, size)

    @given(st.binary(min_size=12, max_size=60))
    def test_noise_is_read_or_refused(self, data):
        with contextlib.suppress(IndexError):
            header(data, IDS)

    def test_the_numbers_of_extensions_are_agreed(self):
        agreed = [SimpleNamespace(uri=uri, id=number) for number, uri in enumerate((TRANSPORT_CC, "urn:other", MID, LEVEL), 3)]
        self.assertEqual(Ids.of(agreed), Ids(5, 6, 3))

    @given(U16, st.integers(-0x7FFF, 0x7FFF))
    def test_numbers_wrap(self, seq, ahead):
        self.assertEqual(newer((seq + ahead) & 0xFFFF, seq), ahead)


class RtcpTest(SimpleTestCase):
    @given(st.lists(U16, min_size=1, max_size=40, unique=True).map(sorted))
    def test_lost_packets_are_named_as_others_understand(self, lost):
        data = rtcp.nack(9, lost)
        self.assertEqual(rtcp.asked_again(one(data)), lost)
        (read,) = peer.RtcpPacket.parse(data)
        self.assertEqual((read.media_ssrc, [seq & 0xFFFF for seq in read.lost]), (9, lost))

    def test_a_mask_over_the_end_of_numbers(self):
        self.assertEqual(rtcp.asked_again(one(rtcp.nack(9, [65535, 0, 3]))), [65535, 0, 3])

    @given(st.integers(0, 2**40), st.lists(U32, max_size=4))
    def test_rates_are_said_as_others_understand(self, bitrate, ssrcs):
        (read,) = peer.RtcpPacket.parse(rtcp.remb(bitrate, ssrcs))
        said, whose = peer.unpack_remb_fci(read.fci)
        self.assertEqual(whose, ssrcs)
        self.assertLessEqual(bitrate - said, bitrate / 2**17 + 1)
        self.assertEqual(rtcp.remb_of(one(rtcp.remb(bitrate, ssrcs))), said)

    @given(U32, st.floats(0, 1), st.integers(-100, 100_000), U32, U32, st.floats(0, 60))
    def test_reports(self, ssrc, lost, total, jitter, last, delay):
        data = rtcp.receiver_report([(ssrc, lost, total, 70_000, jitter, last, delay)])
        (read,) = peer.RtcpPacket.parse(data)
        self.assertEqual((read.reports[0].packets_lost, read.reports[0].highest_sequence), (total, 70_000))
        (ours,) = rtcp.receptions(one(data))
        self.assertEqual((ours.ssrc, ours.jitter, ours.last_report), (ssrc, jitter, last))
        self.assertAlmostEqual(ours.fraction_lost, lost, delta=1 / 255)
        self.assertAlmostEqual(ours.delay, delay, delta=1e-4)

    def test_a_sender_report_keeps_its_times(self):
        data = rtcp.sender_report(5, 2**63 + 17, 4_000_000_000, 2**32 + 3, 12)
        self.assertEqual(rtcp.sender_times(one(data)), (5, 2**63 + 17, 4_000_000_000))
        (read,) = peer.RtcpPacket.parse(data)
        self.assertEqual((read.sender_info.packet_count, read.sender_info.octet_count), (3, 12))

    def test_a_whole_picture_is_asked_for(self):
        self.assertEqual(rtcp.key_wanted_of(one(rtcp.pli(77))), [77])

    @given(st.binary(max_size=80))
    def test_noise_is_read_or_refused(self, noise):
        for block in rtcp.blocks(b"\x8f\xcd" + noise):
            with contextlib.suppress(ValueError):
                rtcp.arrivals(block)
        for block in rtcp.blocks(b"\x81\xc9" + noise):
            list(rtcp.receptions(block))


class ArrivalsTest(SimpleTestCase):
    @given(st.integers(0, 0xFFFF), st.lists(st.tuples(st.integers(1, 4), st.floats(0, 0.5)), min_size=1, max_size=60))
    def test_the_sender_learns_when_each_packet_came(self, first, steps):
        arrivals, number, now, came = Arrivals(), first, 100.0, {}
        for ahead, wait in steps:
            came[number] = now
            arrivals.came[number] = now
            number, now = (number + ahead) & 0xFFFF, now + wait
        base, times = rtcp.arrivals(one(arrivals.report(1)))
        self.assertEqual(base, first)
        told = {(base + step) & 0xFFFF: at for step, at in enumerate(times) if at is not None}
        self.assertEqual(told.keys(), came.keys())
        for seen, at in came.items():
            self.assertAlmostEqual(told[seen] - told[first], at - came[first], delta=0.001)

    def test_the_next_report_goes_on_where_the_last_one_ended(self):
        arrivals = Arrivals()
        arrivals.came[10] = 1.0
        arrivals.report(1)
        arrivals.came[13] = 1.1
        self.assertEqual(rtcp.arrivals(one(arrivals.report(1)))[0], 11)
        self.assertIsNone(arrivals.report(1))

    def test_a_jump_is_a_new_beginning(self):
        arrivals = Arrivals()
        arrivals.came[10] = 1.0
        arrivals.report(1)
        arrivals.came[5000] = 1.1
        self.assertIsNone(arrivals.report(1))
        arrivals.came[5001] = 1.2
        self.assertEqual(rtcp.arrivals(one(arrivals.report(1)))[0], 5001)


class PicturesTest(SimpleTestCase):
    def test_vp8(self):
        whole, part = b"\x10\x00", b"\x10\x01"
        self.assertTrue(starts_whole_picture("video/vp8", whole))
        self.assertFalse(starts_whole_picture("video/vp8", part))
        self.assertFalse(starts_whole_picture("video/vp8", b"\x00\x00"))  # goes on with a picture
        self.assertTrue(starts_whole_picture("video/vp8", b"\x90\x80\x80\x01\x00"))  # a long number of the picture
        self.assertFalse(starts_whole_picture("video/vp8", b"\x90\xe0\x01\x02\x20\x01"))
        self.assertTrue(starts_whole_picture("video/vp8", b"\x90\xe0\x01\x02\x20\x00"))
        self.assertFalse(starts_whole_picture("video/vp8", b"\x90"))

    def test_h264(self):
        for whole in (b"\x67", b"\x65", b"\x78\x00\x02\x67", b"\x7c\x85"):
            self.assertTrue(starts_whole_picture("video/h264", whole), whole)
        for part in (b"\x61", b"\x78\x00\x02\x61", b"\x7c\x05", b"\x7c\x81", b"\x78"):
            self.assertFalse(starts_whole_picture("video/h264", part), part)
