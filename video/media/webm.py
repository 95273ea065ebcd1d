"""Write WebM (Matroska, RFC 9559): it plays while it is written and after a crash, and can be sought in once it is finished."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from struct import pack
from typing import NamedTuple

HEADER = 1024  # bytes at the beginning that are written again when more is known
CLUSTER_MS = 1000
SOUND_CUE_MS = 5000
_UNKNOWN = b"\x01" + b"\xff" * 7
_EBML, _SEGMENT, _SEEK_HEAD, _INFO, _TRACKS = 0x1A45DFA3, 0x18538067, 0x114D9B74, 0x1549A966, 0x1654AE6B
_CLUSTER, _TIME, _BLOCK, _CUES, _VOID = 0x1F43B675, 0xE7, 0xA3, 0x1C53BB6B, 0xEC
_CODECS = {"audio/opus": b"A_OPUS", "video/vp8": b"V_VP8", "video/h264": b"V_MPEG4/ISO/AVC"}
_OPUS_HEAD = b"OpusHead" + pack("<BBHIHB", 1, 2, 0, 48_000, 0, 0)


class Frame(NamedTuple):
    """One picture, or one piece of sound."""

    ms: int  # since the file began
    track: int  # from 1
    key: bool  # can be shown or heard without any other
    data: bytes


@dataclass
class Track:
    """What a file says about one of its streams."""

    mime: str
    size: tuple[int, int] = (640, 480)  # of the picture, in pixels
    private: bytes = b""  # what a decoder of H264 has to know first
    used: bool = False

    @property
    def is_video(self) -> bool:
        return self.mime.startswith("video/")


class Webm:
    """One file. What the methods return is appended to it; `header` is what its first bytes should be now."""

    def __init__(self, tracks: list[Track]) -> None:
        self.tracks = tracks
        self.duration_ms = 0
        self._at = HEADER  # where the next cluster will stand
        self._cluster = bytearray()
        self._began: int | None = None  # time of the cluster that is being filled
        self._cues: list[tuple[int, int, int]] = []  # time, track, place
        self._cues_at = 0

    @property
    def mime(self) -> str:
        """WebM knows no H264; Matroska, of which it is a part, does."""
        return "video/x-matroska" if any(track.mime == "video/h264" for track in self.tracks) else "video/webm"

    def header(self) -> bytes:
        """The beginning, always of the same size: whatever is not known yet is left out."""
        begin = self._begin()
        begin += (self._at - self._base | 1 << 56).to_bytes(8) if self._cues_at else _UNKNOWN
        known = [track for track in enumerate(self.tracks, 1) if track[1].used or not self._cues_at]
        length = element(0x4489, pack(">d", self.duration_ms)) if self._cues_at else b""
        info = element(_INFO, _fields((0x2AD7B1, 1_000_000), (0x4D80, b"Naru"), (0x5741, b"Naru")) + length)
        begin += self._index() + info + element(_TRACKS, b"".join(_entry(*track) for track in known))
        return begin + element(_VOID, bytes(HEADER - len(begin) - 3), 2)

    def add(self, frame: Frame) -> bytes:
        """Frames come in the order of their times. A second of them, or up to the next whole picture, is written at once."""
        track = self.tracks[frame.track - 1]
        track.used = True
        done = b""
        if self._began is None or frame.ms - self._began >= CLUSTER_MS or track.is_video and frame.key:
            done = self._close()
            self._open(frame, track)
        flags = 0x80 if frame.key else 0
        self._cluster += element(_BLOCK, pack(">BhB", 0x80 | frame.track, frame.ms - (self._began or 0), flags) + frame.data)
        self.duration_ms = max(self.duration_ms, frame.ms + 20)
        return done

    def finish(self) -> bytes:
        """The last cluster and the index; afterwards the header is complete."""
        done = self._close()
        self._cues_at = self._at
        points = [
            element(0xBB, _fields((0xB3, ms)) + element(0xB7, _fields((0xF7, track), (0xF1, place - self._base))))
            for ms, track, place in self._cues
        ]
        index = element(_CUES, b"".join(points)) if points else element(_VOID, b"")
        self._at += len(index)
        return done + index

    @classmethod
    def of(cls, written: Iterable[bytes]) -> tuple["Webm", int]:
        """What somebody wrote who was cut off, and how many bytes of it are whole: it can be finished there."""
        stream = Reader(written)
        found = cls(_tracks(stream.take(HEADER)))
        for cluster in iter(stream.element, b""):
            if not cluster.startswith(_CLUSTER.to_bytes(4)):
                break
            blocks = list(_blocks(cluster))
            for place, (ms, number, key) in enumerate(blocks):
                found.tracks[number - 1].used = True
                found.duration_ms = max(found.duration_ms, ms + 20)
                if place == 0:
                    found._cue(ms, number, key, found._at)
            found._at += len(cluster)
        return found, found._at

    def _begin(self) -> bytes:
        """What stands before the size of the segment."""
        kind = b"webm" if self.mime == "video/webm" else b"matroska"
        said = _fields((0x4286, 1), (0x42F7, 1), (0x42F2, 4), (0x42F3, 8), (0x4282, kind), (0x4287, 4), (0x4285, 2))
        return element(_EBML, said) + _SEGMENT.to_bytes(4)

    @property
    def _base(self) -> int:
        """Where the segment begins: the index counts from there."""
        return len(self._begin()) + 8

    def _open(self, frame: Frame, track: Track) -> None:
        self._began = frame.ms
        self._cue(frame.ms, frame.track, frame.key, self._at)

    def _cue(self, ms: int, number: int, key: bool, place: int) -> None:
        """Whole pictures can be sought; where there is no picture, any sound every few seconds."""
        pictures = any(track.is_video for track in self.tracks)
        due = not self._cues or ms - self._cues[-1][0] >= SOUND_CUE_MS
        if key and (self.tracks[number - 1].is_video if pictures else due):
            self._cues.append((ms, number, place))

    def _close(self) -> bytes:
        if self._began is None:
            return b""
        cluster = element(_CLUSTER, _fields((_TIME, self._began)) + self._cluster)
        self._cluster.clear()
        self._began = None
        self._at += len(cluster)
        return cluster

    def _index(self) -> bytes:
        """Where the index stands; until there is one, room for it."""
        if not self._cues_at or not self._cues:
            return b""
        where = element(0x53AB, _CUES.to_bytes(4)) + element(0x53AC, (self._cues_at - self._base).to_bytes(8))
        return element(_SEEK_HEAD, element(0x4DBB, where))


def element(name: int, body: bytes, width: int = 0) -> bytes:
    """One element; `width`: bytes in which its size is told."""
    return name.to_bytes((name.bit_length() + 7) // 8) + _size(len(body), width) + body


def _size(length: int, width: int = 0) -> bytes:
    width = width or next(width for width in range(1, 9) if length < (1 << 7 * width) - 1)
    return (length | 1 << 7 * width).to_bytes(width)


def _fields(*fields: tuple[int, int | bytes]) -> bytes:
    return b"".join(element(name, value if isinstance(value, bytes) else _number(value)) for name, value in fields)


def _number(value: int) -> bytes:
    return value.to_bytes(max(1, (value.bit_length() + 7) // 8))


def _entry(number: int, track: Track) -> bytes:
    """How one stream is described."""
    said = _fields((0xD7, number), (0x73C5, number), (0x83, 1 if track.is_video else 2), (0x9C, 0), (0x86, _CODECS[track.mime]))
    if track.is_video:
        private = element(0x63A2, track.private) if track.private else b""
        return element(0xAE, said + private + element(0xE0, _fields((0xB0, track.size[0]), (0xBA, track.size[1]))))
    sound = element(0xB5, pack(">d", 48_000)) + _fields((0x9F, 2))
    return element(0xAE, said + _fields((0x56BB, 80_000_000), (0x63A2, _OPUS_HEAD)) + element(0xE1, sound))


class Reader:
    """Reads elements out of bytes that come in pieces."""

    def __init__(self, pieces: Iterable[bytes]) -> None:
        self._pieces = iter(pieces)
        self._buffer = b""

    def take(self, length: int) -> bytes:
        """So many bytes; nothing if there are not so many."""
        while len(self._buffer) < length:
            piece = next(self._pieces, b"")
            if not piece:
                return b""
            self._buffer += piece
        taken, self._buffer = self._buffer[:length], self._buffer[length:]
        return taken

    def element(self) -> bytes:
        """The next whole element with its head."""
        head = self.take(16)
        self._buffer = head + self._buffer
        _name, _start, end = _head(head, 0) if head else (0, 0, 0)
        return self.take(end)


def _tracks(header: bytes) -> list[Track]:
    """The streams that a file says it has."""
    found = []
    at = header.index(_TRACKS.to_bytes(4))
    _name, start, end = _head(header, at)
    for _entry, body in _elements(header[start:end]):
        said = dict(_elements(body))
        mime = next(mime for mime, codec in _CODECS.items() if codec == said[0x86])
        shape = {name: int.from_bytes(value) for name, value in _elements(said.get(0xE0, b""))}
        found.append(Track(mime, (shape.get(0xB0, 0), shape.get(0xBA, 0)), said.get(0x63A2, b"")))
    return found


def _blocks(cluster: bytes) -> Iterator[tuple[int, int, bool]]:
    """Time, track, and whether it stands alone, of each frame in a cluster."""
    _name, start, end = _head(cluster, 0)
    began = 0
    for name, body in _elements(cluster[start:end]):
        if name == _TIME:
            began = int.from_bytes(body)
        elif name == _BLOCK:
            yield began + int.from_bytes(body[1:3], signed=True), body[0] & 0x7F, bool(body[3] & 0x80)


def _elements(data: bytes) -> Iterator[tuple[int, bytes]]:
    at = 0
    while at < len(data):
        name, start, at = _head(data, at)
        yield name, data[start:at]


def _head(data: bytes, at: int) -> tuple[int, int, int]:
    """Name of the element that begins here, where its body begins, and where it ends."""
    width = 9 - data[at].bit_length()
    name, at = int.from_bytes(data[at : at + width]), at + width
    width = 9 - data[at].bit_length()
    length = int.from_bytes(data[at : at + width]) & ((1 << 7 * width) - 1)
    return name, at + width, at + width + length
