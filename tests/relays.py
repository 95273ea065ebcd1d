"""A real Janus and a real coturn of the tests alone, from Debian's packages."""

import contextlib
import socket
import subprocess
import tempfile
from pathlib import Path

import httpx

from telehealth import embedded

from .services import Missing, _served, _until, debian

PLUGINS = Path("/usr/lib")
JANUS = """general: {{
  configs_folder = "{folder}"
  plugins_folder = "{lib}/plugins"
  transports_folder = "{lib}/transports"
  events_folder = "{lib}/events"
  loggers_folder = "{lib}/loggers"
  debug_level = 4
  server_name = "tests"
  token_auth = false
  api_secret = "{secret}"
}}
nat: {{ ice_lite = true  full_trickle = false }}
media: {{ rtp_port_range = "20000-20400" }}
plugins: {{ disable = "{others}" }}
"""
COTURN = """listening-ip={here}
relay-ip={here}
tls-listening-port={port}
cert={folder}/cert.pem
pkey={folder}/key.pem
pidfile={folder}/pid
userdb={folder}/users
log-file=stdout
use-auth-secret
static-auth-secret={secret}
realm=naru
no-udp
no-tcp
no-dtls
no-cli
allow-loopback-peers
"""
HTTP = """general: {{ json = "compact"  base_path = "/janus"  http = true  port = {port}  ip = "127.0.0.1"  https = false }}
admin: {{ admin_http = false }}
"""
SECRET = "of-the-tests"
HERE = "127.0.0.1"


@contextlib.contextmanager
def janus(port=None):
    """Yields its URL and its secret."""
    program = debian("janus", "janus")
    lib = next(iter(sorted(PLUGINS.glob("*/janus"))), None)
    if lib is None:
        raise Missing("Janus is here without its plugins: apt-get install janus (Debian).")
    with tempfile.TemporaryDirectory(prefix="naru-janus-") as name:
        folder, port = Path(name), port or embedded.free_port()
        others = ",".join(p.name for p in (lib / "plugins").glob("*.so") if p.name != "libjanus_videoroom.so")
        config = JANUS.format(folder=folder, lib=lib, others=others, secret=SECRET)
        (folder / "janus.jcfg").write_text(config)
        (folder / "janus.transport.http.jcfg").write_text(HTTP.format(port=port))
        (folder / "janus.plugin.videoroom.jcfg").write_text("general: { }\n")
        url = f"http://127.0.0.1:{port}/janus"
        with _served([program, "-F", name, "-C", str(folder / "janus.jcfg")], folder) as (process, log):
            _until(lambda: httpx.get(f"{url}/info", trust_env=False).raise_for_status(), httpx.HTTPError, process, log)
            yield url, SECRET


@contextlib.contextmanager
def coturn():
    """A relay that speaks TLS on one TCP port and nothing else to browsers; yields the settings of the product."""
    program = debian("turnserver", "coturn")
    with tempfile.TemporaryDirectory(prefix="naru-coturn-") as name:
        folder, port = Path(name), embedded.free_port()
        key = ["-keyout", folder / "key.pem", "-out", folder / "cert.pem", "-days", "2", "-subj", "/CN=localhost"]
        subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", *key], check=True, capture_output=True)
        (folder / "turn.conf").write_text(COTURN.format(folder=folder, port=port, here=HERE, secret=SECRET))
        with _served([program, "-c", str(folder / "turn.conf")], folder) as (process, log):
            _until(lambda: socket.create_connection((HERE, port)).close(), OSError, process, log)
            yield {"TURN_URLS": f"turns:{HERE}:{port}?transport=tcp", "TURN_SECRET": SECRET}
