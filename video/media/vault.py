"""Files that only Naru can read: AES-GCM in pieces, so that they can be written as they come and read from anywhere.

A file is its head (magic, id of the key, salt, when it began), then pieces: nonce, up to CHUNK bytes encrypted, tag. Each piece
is bound to the head and to its place, so nothing can be exchanged. A piece that is not full is written again, under a new
nonce, when more comes.
"""

import contextlib
import hashlib
import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

CHUNK = 16_384
_NONCE, _TAG, _SALT, _ID, _TIME = 12, 16, 16, 8, 8
_PIECE = _NONCE + CHUNK + _TAG
_MAGIC = b"NARU-V1\0"
_HEAD = len(_MAGIC) + _ID + _SALT + _TIME


class Tampered(Exception):
    """The file is not what was written, or not with a key that we have."""


class Sealed(NamedTuple):
    """What a finished file is known by."""

    bytes: int
    sha256: str


def key_id(secret: str) -> str:
    """Says which key a file needs without telling the key."""
    return hashlib.sha256(b"naru recording key " + secret.encode()).hexdigest()[:_ID]


def keys(*secrets: str) -> dict[str, str]:
    """Keys by their ids; the newest writes, all of them read."""
    return {key_id(secret): secret for secret in secrets if secret}


def _cipher(secret: str, salt: bytes) -> AESGCM:
    return AESGCM(HKDF(SHA256(), 32, salt, b"naru recording").derive(secret.encode()))


class Vault:
    """A file that is being written. Every method may wait for the disk, and raises OSError when it is full."""

    def __init__(self, path: Path, secret: str, began_ms: int) -> None:
        salt = os.urandom(_SALT)
        self._head = _MAGIC + key_id(secret).encode() + salt + began_ms.to_bytes(_TIME)
        self._cipher = _cipher(secret, salt)
        self._first = bytearray()  # the first piece in the clear: it is changed until the end
        self._last = bytearray()  # the piece that is not full yet
        self._number = 0
        self._file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600)
        self.path = path
        self._write(0, self._head)

    def append(self, data: bytes) -> None:
        """Add to the end. What does not fill a piece waits for more, or for `flush`."""
        self._last += data
        while len(self._last) >= CHUNK:
            self._seal(self._number, self._last[:CHUNK])
            if self._number == 0:
                self._first = self._last[:CHUNK]
            del self._last[:CHUNK]
            self._number += 1

    def begin_with(self, data: bytes) -> None:
        """Write the first bytes anew."""
        first = self._first if self._number else self._last
        first[: len(data)] = data
        self._seal(0, first)

    def flush(self) -> None:
        """From now on everything is in the file, whatever happens to this process."""
        if self._last:
            self._seal(self._number, self._last)

    def close(self) -> Sealed:
        """The end: on the disk, and measured."""
        try:
            self.flush()
            os.fsync(self._file)
        finally:
            os.close(self._file)
        return measure(self.path)

    def abandon(self) -> None:
        """Leave the file as it is."""
        os.close(self._file)

    def _seal(self, number: int, piece: bytes | bytearray) -> None:
        nonce = os.urandom(_NONCE)
        self._write(_HEAD + number * _PIECE, nonce + self._cipher.encrypt(nonce, bytes(piece), _place(self._head, number)))

    def _write(self, at: int, data: bytes) -> None:
        while data:
            done = os.pwrite(self._file, data, at)
            at, data = at + done, data[done:]


class Opened:
    """A file that is being read, from anywhere to anywhere."""

    def __init__(self, path: Path, known: Mapping[str, str]) -> None:
        """Raises Tampered if we have no key for it, OSError if it is not there."""
        self.path = path
        with path.open("rb") as file:
            self._head = file.read(_HEAD)
        at = len(_MAGIC)
        if len(self._head) < _HEAD or self._head[:at] != _MAGIC:
            raise Tampered("no file of ours")
        secret = known.get(self._head[at : at + _ID].decode("ascii", "replace"))
        if secret is None:
            raise Tampered("no key for this file")
        self._cipher = _cipher(secret, self._head[at + _ID : at + _ID + _SALT])
        self.began_ms = int.from_bytes(self._head[-_TIME:])
        whole, rest = divmod(path.stat().st_size - _HEAD, _PIECE)
        self.size = whole * CHUNK + max(0, rest - _NONCE - _TAG)

    def read(self, start: int = 0, end: int | None = None) -> Iterator[bytes]:
        """The bytes from `start` up to `end` in the clear, piece by piece. Raises Tampered at a piece that somebody changed."""
        end = self.size if end is None else min(end, self.size)
        with self.path.open("rb") as file:
            while start < end:
                number = start // CHUNK
                file.seek(_HEAD + number * _PIECE)
                piece = self._piece(file.read(_PIECE), number)
                found = piece[start - number * CHUNK : end - number * CHUNK]
                if not found:
                    raise Tampered(f"piece {number} is too short")
                yield found
                start += len(found)

    def _piece(self, data: bytes, number: int) -> bytes:
        try:
            return self._cipher.decrypt(data[:_NONCE], data[_NONCE:], _place(self._head, number))
        except (InvalidTag, ValueError) as error:
            raise Tampered(f"piece {number} was changed") from error

    def whole(self) -> Iterator[bytes]:
        """All that can be read, up to the first piece that was not written to its end."""
        with contextlib.suppress(Tampered):
            yield from self.read()


def measure(path: Path) -> Sealed:
    """Size and fingerprint of a file as it lies there."""
    with path.open("rb") as file:
        return Sealed(path.stat().st_size, hashlib.file_digest(file, "sha256").hexdigest())


def _place(head: bytes, number: int) -> bytes:
    return head + number.to_bytes(8)
