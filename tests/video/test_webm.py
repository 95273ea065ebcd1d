"""Files of recordings: PyAV, somebody else's work, reads what we write. Pure."""

import functools
import io
import math
import struct
from fractions import Fraction

import av
from django.test import SimpleTestCase

from video.media.frames import H264, SILENCE, InOrder, Vp8, sound_ms
from video.media.rtp import Packet
from video.media.webm import HEADER, Frame, Track, Webm


@functools.cache
def pictures(codec, count=75, rate=25, size=(320, 240), key_every=25):
    """Encoded pictures: whether each stands alone, and its bytes."""
    made = []
    out = av.CodecContext.create(codec, "w")
    out.width, out.height = size
    out.pix_fmt, out.time_base, out.framerate = "yuv420p", Fraction(1, rate), rate
    out.gop_size = key_every
    quick = {"deadline": "realtime", "cpu-used": "8", "lag-in-frames": "0"}
    out.options = quick if codec == "libvpx" else {"tune": "zerolatency", "bf": "0"}
    for number in range(count):
        frame = av.VideoFrame(*size, "yuv420p")
        for plane in frame.planes:
            plane.update(bytes([(number * 3) % 256]) * plane.buffer_size)
        frame.pts = number
        made += [(packet.is_keyframe, bytes(packet)) for packet in out.encode(frame)]
    return made + [(packet.is_keyframe, bytes(packet)) for packet in out.encode(None)]


@functools.cache
def sounds(count=150):
    """Encoded sound, 20 ms each."""
    made = []
    out = av.CodecContext.create("libopus", "w")
    out.sample_rate, out.layout, out.format = 48_000, "stereo", "s16"
    for number in range(count):
        wave = struct.pack("<1920h", *(int(8000 * math.sin((number * 960 + at // 2) / 17)) for at in range(1920)))
        frame = av.AudioFrame("s16", "stereo", 960)
        frame.planes[0].update(wave)
        frame.sample_rate, frame.pts = 48_000, number * 960
        made += [bytes(packet) for packet in out.encode(frame)]
    return made


def film(tracks=("audio/opus", "video/vp8")):
    """Three seconds of sound and picture, in the order of their times."""
    frames = []
    for number, mime in enumerate(tracks, 1):
        if mime == "audio/opus":
            frames += [Frame(at * 20, number, True, data) for at, data in enumerate(sounds())]
        else:
            frames += [Frame(at * 40, number, key, data) for at, (key, data) in enumerate(pictures("libvpx"))]
    return [Track(mime) for mime in tracks], sorted(frames)


def written(tracks, frames):
    """The whole file, and what a killed writer would have left of it."""
    webm = Webm(tracks)
    first = webm.header()
    body = b"".join(webm.add(frame) for frame in frames)
    cut = first + body
    body += webm.finish()
    return webm.header() + body, cut


def decoded(data):
    with av.open(io.BytesIO(data)) as file:
        found = {stream.type: [] for stream in file.streams}
        for frame in file.decode(*file.streams):
            found["video" if isinstance(frame, av.VideoFrame) else "audio"].append(frame)
        return found, file.duration


class WebmTest(SimpleTestCase):
    def test_what_we_write_others_play(self):
        whole, _cut = written(*film())
        found, duration = decoded(whole)
        self.assertEqual(len(found["video"]), 75)
        self.assertAlmostEqual(len(found["audio"]), 150, delta=2)
        self.assertEqual(duration, 3_000_000)
        self.assertEqual([round(frame.time * 1000) for frame in found["video"]], list(range(0, 3000, 40)))

    def test_one_can_seek(self):
        whole, _cut = written(*film())
        with av.open(io.BytesIO(whole)) as file:
            file.seek(2_100_000)
            frame = next(file.decode(video=0))
            self.assertEqual((frame.time, frame.key_frame), (2.0, True))

    def test_sound_alone_can_be_sought_too(self):
        tracks, frames = film(["audio/opus"])
        long = [frame._replace(ms=frame.ms + 3000 * turn) for turn in range(5) for frame in frames]
        with av.open(io.BytesIO(written(tracks, long)[0])) as file:
            self.assertEqual(file.duration, 15_000_000)
            file.seek(10_100_000)
            self.assertLess(abs(next(file.decode(audio=0)).time - 10), 0.2)

    def test_what_a_killed_writer_left_plays_and_can_be_finished(self):
        _whole, cut = written(*film())
        cut = cut[:-100]
        found, _duration = decoded(cut)
        self.assertGreater(len(found["video"]), 20)
        pieces = [cut[at : at + 999] for at in range(0, len(cut), 999)]
        webm, end = Webm.of(pieces)
        mended = webm.finish()
        mended = webm.header() + cut[HEADER:end] + mended
        found, duration = decoded(mended)
        self.assertEqual((len(found["video"]), duration), (50, 2_000_000))
        with av.open(io.BytesIO(mended)) as file:
            file.seek(1_500_000)
            self.assertEqual(next(file.decode(video=0)).time, 1.0)

    def test_a_stream_that_never_came_is_not_in_the_finished_file(self):
        tracks, frames = film(["audio/opus"])
        whole, _cut = written([*tracks, Track("video/vp8")], frames)
        with av.open(io.BytesIO(whole)) as file:
            self.assertEqual([stream.type for stream in file.streams], ["audio"])

    def test_h264_is_kept_with_what_a_decoder_has_to_know_first(self):
        put, track, frames = H264(), Track("video/h264"), []
        for number, (_key, data) in enumerate(pictures("libx264")):
            units = [unit.lstrip(b"\0") for unit in data.split(b"\0\0\1") if unit.strip(b"\0")]
            for place, unit in enumerate(units):
                packet = Packet(0, number, 128 * (place == len(units) - 1), unit, -1)
                if found := put.add(packet, False):
                    frames.append(Frame(number * 40, 1, *found))
        track.private = put.private
        found, duration = decoded(written([track], frames)[0])
        self.assertEqual((len(found["video"]), found["video"][0].width), (75, 320))


class PacketsTest(SimpleTestCase):
    def test_packets_come_back_into_their_order_over_the_end_of_numbers(self):
        held = InOrder()
        for seq in (65534, 0, 65535, 1):
            held.put(Packet(seq, 0, 0, b"x", -1), 0.0)
        self.assertEqual(
            [(packet.seq, gap) for packet, _came, gap in held.take(0.1)], [(65534, False), (65535, False), (0, False), (1, False)]
        )

    def test_what_never_comes_is_waited_for_a_second(self):
        held = InOrder()
        for seq in (1, 3, 4):
            held.put(Packet(seq, 0, 0, b"x", -1), 0.0)
        self.assertEqual([packet.seq for packet, _came, _gap in held.take(0.5)], [1])
        self.assertEqual([(packet.seq, gap) for packet, _came, gap in held.take(1.1)], [(3, True), (4, False)])
        held.put(Packet(2, 0, 0, b"too late", -1), 1.2)
        self.assertEqual(list(held.take(9)), [])

    def test_after_a_loss_only_a_whole_picture_helps(self):
        put, kept = Vp8(), []
        packets = [
            Packet(number, number, 128, b"\x10" + data, -1)
            for number, (_key, data) in enumerate(pictures("libvpx", key_every=30))
        ]
        for packet in packets:
            if packet.seq != 10 and (found := put.add(packet, packet.seq == 11)):
                kept.append((packet.seq, found[0]))
        self.assertEqual([seq for seq, _key in kept], [*range(10), *range(30, 75)])
        self.assertEqual([seq for seq, key in kept if key], [0, 30, 60])
        self.assertEqual(put.size, (320, 240))

    def test_a_picture_of_several_packets(self):
        put = Vp8()
        (_key, data) = pictures("libvpx", 1)[0]
        self.assertIsNone(put.add(Packet(1, 5, 0, b"\x90\x80\x81\x02" + data[:50], -1), False))
        self.assertEqual(put.add(Packet(2, 5, 128, b"\x80\x80\x81\x02" + data[50:], -1), False), (True, data))

    def test_parts_of_an_h264_unit(self):
        put = H264()
        several = b"\x78\0\4\x67\x42\xe0\x1f\0\2\x68\xce"
        self.assertIsNone(put.add(Packet(1, 5, 0, several, -1), False))
        for seq, (flags, last) in enumerate([(0x85, 0), (0x05, 0), (0x45, 128)], 2):
            found = put.add(Packet(seq, 5, last, bytes([0x7C, flags]) + b"abc", -1), False)
        self.assertIsNone(found)  # without the parameters of the picture nothing can be decoded
        self.assertEqual(put.private, b"")

    def test_how_long_sound_is(self):
        self.assertEqual(sound_ms(SILENCE), 20)
        for payload in sounds(5):
            self.assertEqual(sound_ms(payload), 20)
