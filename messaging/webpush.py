"""What a push service asks for: words that one browser alone can read (RFC 8291), and who sends them (RFC 8292). Pure."""

import base64
import json
import os
import struct
from urllib.parse import urlsplit

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

CURVE = ec.SECP256R1()
RECORD_BYTES = 4096
LAST_RECORD = b"\x02"
PASS_SECONDS = 12 * 60 * 60  # of at most 24 hours


def encode(raw: bytes) -> str:
    """Base64 for addresses, without padding."""
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def decode(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def point(key) -> bytes:
    """The public key, as 65 bytes."""
    return key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)


def private_key(text: str) -> ec.EllipticCurvePrivateKey:
    """A private key from its 32 bytes in base64."""
    return ec.derive_private_key(int.from_bytes(decode(text)), CURVE)


def written(key: ec.EllipticCurvePrivateKey) -> str:
    """The same the other way round."""
    return encode(key.private_numbers().private_value.to_bytes(32))


def encrypt(words: bytes, *, key: bytes, secret: bytes, salt: bytes | None = None, own=None) -> bytes:
    """Words for the browser with this public key and secret; each time with a new salt and a new key of our own."""
    salt, own = salt or os.urandom(16), own or ec.generate_private_key(CURVE)
    theirs = ec.EllipticCurvePublicKey.from_encoded_point(CURVE, key)
    shared = own.exchange(ec.ECDH(), theirs)
    seed = _derived(shared, secret, b"WebPush: info\0" + key + point(own), 32)
    content_key = _derived(seed, salt, b"Content-Encoding: aes128gcm\0", 16)
    nonce = _derived(seed, salt, b"Content-Encoding: nonce\0", 12)
    head = salt + struct.pack("!LB", RECORD_BYTES, 65) + point(own)
    return head + AESGCM(content_key).encrypt(nonce, words + LAST_RECORD, None)


def authorization(endpoint: str, *, key: ec.EllipticCurvePrivateKey, contact: str, now: int) -> str:
    """The head by which the push service knows that the sender is the one the browser agreed to."""
    parts = urlsplit(endpoint)
    claims = {"aud": f"{parts.scheme}://{parts.netloc}", "exp": now + PASS_SECONDS, "sub": contact}
    body = ".".join(encode(json.dumps(part).encode()) for part in ({"typ": "JWT", "alg": "ES256"}, claims))
    r, s = decode_dss_signature(key.sign(body.encode(), ec.ECDSA(hashes.SHA256())))
    return f"vapid t={body}.{encode(r.to_bytes(32) + s.to_bytes(32))}, k={encode(point(key))}"


def _derived(seed: bytes, salt: bytes, info: bytes, length: int) -> bytes:
    return HKDF(hashes.SHA256(), length, salt, info).derive(seed)
