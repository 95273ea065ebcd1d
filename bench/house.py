"""A product to measure, people to measure with, and pages fetched as a browser fetches them."""

import gzip
import http.cookiejar
import json
import os
import re
import statistics
import subprocess
import sys
import time
import urllib.parse
import urllib.request

from telehealth.embedded import redis_url
from tests.product import ROOT


class Visitor:
    """A browser without a screen: cookies, forms, compressed answers."""

    def __init__(self, address):
        self.address, self.jar = address, http.cookiejar.CookieJar()
        self.opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(self.jar))

    def get(self, path):
        """Text of a page, and the bytes that came over the line."""
        return self._read(urllib.request.Request(self.address + path, headers={"Accept-Encoding": "gzip"}))

    def post(self, path, **fields):
        body = urllib.parse.urlencode({**fields, "csrfmiddlewaretoken": self.cookie("csrftoken")}).encode()
        return self._read(urllib.request.Request(self.address + path, body, {"Accept-Encoding": "gzip", "Referer": self.address}))

    def become(self, name):
        """One click on the demo page."""
        page, _size = self.get("/demo/")
        form = next(part for part in page.split("<form")[1:] if name in part)
        self.post(re.search(r'action="(/demo/\d+/)"', form).group(1))
        return self

    def cookie(self, name):
        return next((cookie.value for cookie in self.jar if cookie.name == name), "")

    def _read(self, request):
        with self.opener.open(request, timeout=30) as answer:
            raw = answer.read()
            size = len(raw) + len(str(answer.headers))
            text = gzip.decompress(raw) if answer.headers.get("Content-Encoding") == "gzip" else raw
            return text.decode(errors="replace"), size


def tokens_and_patients(product, settings, number):
    """A token of the Seoul assistant and patients to send stories for; measured are the pages, not this."""
    code = (
        "import json, datetime\n"
        "from rest_framework.authtoken.models import Token\n"
        "from accounts.models import Clinic, Patient, User\n"
        "user = User.objects.get(email='assistant.seoul@naru.example')\n"
        "clinic = user.clinics.get()\n"
        f"rows = [Patient(name=f'P{{n}}', birth_date=datetime.date(1970, 1, 1), clinic=clinic) for n in range({number})]\n"
        "Patient.objects.bulk_create(rows)\n"
        "pks = list(Patient.objects.filter(name__startswith='P', clinic=clinic).values_list('pk', flat=True))\n"
        "print('RESULT' + json.dumps([Token.objects.get_or_create(user=user)[0].key, clinic.pk, pks]))\n"
    )
    environment = {**os.environ, **settings, "NARU_STATE": str(product.state), "REDIS_URL": redis_url(product.state)}
    command = [sys.executable, "manage.py", "shell", "-v0", "-c", code]
    out = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=True)
    return json.loads(out.stdout.split("RESULT")[1])


def percentiles(values):
    """p50, p95, p99 and the worst, in milliseconds."""
    ordered = sorted(values)
    at = {f"p{p}_ms": round(1000 * ordered[min(len(ordered) - 1, len(ordered) * p // 100)], 1) for p in (50, 95, 99)}
    return {**at, "worst_ms": round(1000 * ordered[-1], 1), "n": len(ordered)}


def timed(call, *args):
    started = time.perf_counter()
    call(*args)
    return time.perf_counter() - started


def spread(values) -> str:
    """The median, and from where to where."""
    return f"{statistics.median(values):.2f} ({min(values):.2f} to {max(values):.2f})"
