"""A real HTTP server that plays a gateway for SMS: it remembers what it was asked, and knows a key it has seen."""

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class Gateway:
    """`asked` are the accepted letters, `keys` every key that came, `answers` what to say first instead of yes."""

    def __init__(self, *answers, on_letter=None):
        self.asked, self.keys, self.headers = [], [], []
        self.answers, self.on_letter = list(answers), on_letter

    def __enter__(self):
        gateway = self

        class Door(BaseHTTPRequestHandler):
            def do_POST(self):
                words = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                status = gateway.take(words, dict(self.headers))
                self.send_response(status)
                self.end_headers()

            def log_message(self, *words):
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Door)
        threading.Thread(target=self.server.serve_forever, args=[0.05], daemon=True).start()
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}/send"
        return self

    def __exit__(self, *_error):
        self.server.shutdown()
        self.server.server_close()

    def take(self, words, headers):
        key = headers["Idempotency-Key"]
        known = key in self.keys
        self.keys.append(key)
        self.headers.append(headers)
        if self.answers:
            return self.answers.pop(0)
        if not known:
            self.asked.append(words)
        if self.on_letter:
            self.on_letter(known)
        return 409 if known else 202
