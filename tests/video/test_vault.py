"""Files that only Naru reads: whatever somebody changes in them, or cuts off, is seen. Pure."""

import os
import tempfile
from pathlib import Path

from django.test import SimpleTestCase

from video.media.vault import CHUNK, Opened, Tampered, Vault, keys, measure

SECRET = "a secret of the clinic"


class VaultTest(SimpleTestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.path = Path(folder.name) / "file"
        self.data = os.urandom(3 * CHUNK + 500)

    def write(self, *, close=True):
        vault = Vault(self.path, SECRET, 1234)
        for at in range(0, len(self.data), 5000):
            vault.append(self.data[at : at + 5000])
            vault.flush()
        vault.begin_with(b"head")
        self.data = b"head" + self.data[4:]
        return vault.close() if close else None

    def opened(self, *secrets):
        return Opened(self.path, keys(*(secrets or (SECRET,))))

    def test_what_was_written_is_read_from_anywhere_to_anywhere(self):
        self.write()
        opened = self.opened("a newer secret", SECRET)
        self.assertEqual((opened.size, opened.began_ms), (len(self.data), 1234))
        for start, end in [(0, None), (0, 1), (CHUNK - 3, CHUNK + 3), (3 * CHUNK + 499, None), (7, 3 * CHUNK), (5, 5)]:
            self.assertEqual(b"".join(opened.read(start, end)), self.data[start:end])

    def test_nothing_of_it_stands_in_the_file(self):
        self.data = b"words of a patient " * 2000
        self.write()
        self.assertNotIn(b"patient", self.path.read_bytes())

    def test_without_the_key_it_is_not_opened(self):
        self.write()
        with self.assertRaises(Tampered):
            self.opened("another secret")

    def test_every_changed_byte_is_seen(self):
        self.write()
        good = self.path.read_bytes()
        for at in [0, 9, 20, 39, 45, 5000, CHUNK + 70, len(good) - 1]:
            with self.subTest(at=at), self.assertRaises(Tampered):
                self.path.write_bytes(good[:at] + bytes([good[at] ^ 1]) + good[at + 1 :])
                list(self.opened().read())

    def test_pieces_cannot_change_places(self):
        self.write()
        good, piece = self.path.read_bytes(), CHUNK + 28
        first, second = good[40 : 40 + piece], good[40 + piece : 40 + 2 * piece]
        self.path.write_bytes(good[:40] + second + first + good[40 + 2 * piece :])
        with self.assertRaises(Tampered):
            list(self.opened().read())

    def test_whoever_was_killed_left_everything_up_to_the_last_flush(self):
        self.write(close=False)
        self.assertEqual(b"".join(self.opened().read()), self.data)
        with self.path.open("r+b") as file:
            file.truncate(self.path.stat().st_size - 20)  # killed in the middle of a piece
        self.assertEqual(b"".join(self.opened().whole()), self.data[: 3 * CHUNK])

    def test_no_two_pieces_are_encrypted_alike(self):
        self.data = bytes(2 * CHUNK)
        self.write()
        first = self.path.read_bytes()
        self.path.unlink()
        self.write()
        self.assertNotEqual(first[40:], self.path.read_bytes()[40:])

    def test_a_finished_file_is_measured(self):
        sealed = self.write()
        self.assertEqual(sealed, measure(self.path))
        self.assertEqual(sealed.bytes, self.path.stat().st_size)
        self.assertEqual(self.path.stat().st_mode & 0o077, 0)
