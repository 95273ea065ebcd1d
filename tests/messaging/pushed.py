"""A browser and its push service, played by a real HTTP server: it decrypts what comes, as a browser would."""

import base64
import json
import threading
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

CURVE = ec.SECP256R1()


def b64(raw):
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def unb64(text):
    return base64.urlsafe_b64decode(text + "==")


def public(key):
    return key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)


def derived(seed, salt, info, length):
    return HKDF(hashes.SHA256(), length, salt, info).derive(seed)


def decrypt(body, key, secret):
    """What a browser does with a body (RFC 8291, written here from the reader's side)."""
    salt, length, theirs = body[:16], body[20], body[21 : 21 + body[20]]
    shared = key.exchange(ec.ECDH(), ec.EllipticCurvePublicKey.from_encoded_point(CURVE, theirs))
    seed = derived(shared, secret, b"WebPush: info\0" + public(key) + theirs, 32)
    content = derived(seed, salt, b"Content-Encoding: aes128gcm\0", 16)
    nonce = derived(seed, salt, b"Content-Encoding: nonce\0", 12)
    return AESGCM(content).decrypt(nonce, body[21 + length :], None).rstrip(b"\0")[:-1]


class Browser:
    """`shown` are the notifications it would show, `answers` what its push service says first instead of yes."""

    def __init__(self, *answers):
        self.key, self.secret = ec.generate_private_key(CURVE), b"sixteen secrets!"
        self.answers, self.shown, self.heads, self.bodies = list(answers), [], [], []
        self.talks_on = False  # its push service sends an answer without end

    def __enter__(self):
        browser = self

        class Service(BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                self.send_response(browser.take(body, dict(self.headers)))
                self.end_headers()
                with suppress(ConnectionError):
                    while browser.talks_on:
                        self.wfile.write(b"and so on ")

            def log_message(self, *words):
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Service)
        threading.Thread(target=self.server.serve_forever, args=[0.05], daemon=True).start()
        self.endpoint = f"http://127.0.0.1:{self.server.server_address[1]}/push/one"
        return self

    def __exit__(self, *_error):
        self.server.shutdown()
        self.server.server_close()

    @property
    def subscription(self):
        """What `pushManager.subscribe` gives to the page."""
        return {"endpoint": self.endpoint, "keys": {"p256dh": b64(public(self.key)), "auth": b64(self.secret)}}

    def take(self, body, heads):
        self.heads.append(heads)
        self.bodies.append(body)
        if self.answers:
            return self.answers.pop(0)
        self.shown.append(json.loads(decrypt(body, self.key, self.secret)))
        return 201

    def claims(self):
        """What the sender says of itself, once the signature was checked with the key it names."""
        scheme, facts = self.heads[-1]["Authorization"].split(" ", 1)
        facts = dict(part.strip().split("=", 1) for part in facts.split(","))
        body, _, signature = facts["t"].rpartition(".")
        raw = unb64(signature)
        numbers = encode_dss_signature(int.from_bytes(raw[:32]), int.from_bytes(raw[32:]))
        sender = ec.EllipticCurvePublicKey.from_encoded_point(CURVE, unb64(facts["k"]))
        sender.verify(numbers, body.encode(), ec.ECDSA(hashes.SHA256()))
        return scheme, facts["k"], json.loads(unb64(body.split(".")[1]))
