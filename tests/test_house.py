"""What is true for the whole house, whichever page is added next."""

import itertools
import re
import uuid
from datetime import timedelta
from pathlib import Path

from django.conf import settings
from django.test import SimpleTestCase, TestCase
from django.urls import URLPattern, get_resolver
from django.utils import timezone

from intake.models import Photo
from records import signing
from scheduling.models import Appointment
from tests.factories import make_assistant, make_clinic, make_doctor, make_intake, make_patient, make_practitioner, make_user
from tests.scheduling import make_open_doctor
from triage import assessment
from visits import flow

TEMPLATES = sorted((settings.BASE_DIR / "templates").rglob("*.html")) + sorted((settings.BASE_DIR / "templates").rglob("*.svg"))
INLINE = {
    "a script of its own": re.compile(r"<script(?![^>]*\bsrc=)(?![^>]*application/json)[^>]*>", re.I),
    "a style of its own": re.compile(r"<style\b|<[^>]*\sstyle\s*=", re.I),
    "an event attribute": re.compile(r"<[^>]*\son[a-z]+\s*=", re.I),
    "a javascript address": re.compile(r"javascript:", re.I),
}
PARAMETER = re.compile(r"\(\?P<\w+>(?:[^()]|\([^()]*\))*\)|<(?:(\w+):)?\w+>")
PUBLIC = ("account/", "i18n/", "demo/", "booking/")  # no pages of a patient: sign-in, language, the openings of every clinic
OWN = ("booking/mine/",)


class TemplateTest(SimpleTestCase):
    def test_no_template_needs_anything_inline(self):
        for template in TEMPLATES:
            text = re.sub(r"\{#.*?#\}|\{% comment %\}.*?\{% endcomment %\}", "", template.read_text(encoding="utf-8"), flags=re.S)
            for what, pattern in INLINE.items():
                with self.subTest(template=str(Path(template).relative_to(settings.BASE_DIR)), what=what):
                    self.assertIsNone(pattern.search(text))

    def test_no_page_shows_a_date_as_programs_write_it(self):
        for template in TEMPLATES:
            with self.subTest(template=template.name):  # a date for a program stands in single quotes: an address, a value
                self.assertNotRegex(template.read_text(encoding="utf-8"), r'\|date:"([^"]*[YymnMd][-/.]|H:i")')

    def test_every_table_becomes_rows_on_a_phone(self):
        for template in TEMPLATES:
            for table in re.findall(r"<table[^>]*>", template.read_text(encoding="utf-8")):
                with self.subTest(template=template.name):
                    self.assertTrue("naru-fold" in table or "allauth" in template.parts, table)

    def test_every_form_that_posts_carries_its_token(self):
        for template in TEMPLATES:
            for form in re.findall(r"<form\b[^>]*method=\"post\".*?</form>", template.read_text(encoding="utf-8"), re.S | re.I):
                with self.subTest(template=template.name):
                    self.assertIn("{% csrf_token %}", form)


def addresses(patterns=None, before=""):
    """Every address of the house as it stands in the url files."""
    for pattern in patterns if patterns is not None else get_resolver().url_patterns:
        route = before + str(pattern.pattern).removeprefix("^").removesuffix("$").removesuffix(r"\Z")
        if isinstance(pattern, URLPattern):
            yield route
        else:
            yield from addresses(pattern.url_patterns, route)


def filled(route, **values):
    """An address with every parameter replaced by a value of its kind."""
    return "/" + re.sub(r"\\(.)", r"\1", PARAMETER.sub(lambda found: str(values.get(found[1] or "str", "x")), route))


def kinds(route):
    return {found[1] or "str" for found in PARAMETER.finditer(route)}


class SignedOutTest(TestCase):
    def test_every_page_answers_somebody_unknown(self):
        for route in addresses():
            url = filled(route, uuid=uuid.uuid4(), int=1, slug="words")
            for method in "get", "post", "put":
                with self.subTest(url=url, method=method):
                    response = getattr(self.client, method)(url)
                    self.assertIn(response.status_code, {200, 302, 400, 401, 403, 404, 405, 410, 415})

    def test_who_is_not_signed_in_sees_only_what_is_for_everybody(self):
        everybody = {"/", "/healthz", "/api/schema/", "/link/", "/worker.js", "/fairness/", "/fairness.json"}
        for route in addresses():
            url = filled(route, uuid=uuid.uuid4(), int=1, slug="words")
            if not route.startswith(("account/", "i18n/", "demo/")) and self.client.get(url).status_code == 200:
                self.assertIn(url, everybody)


class StrangerTest(TestCase):
    """Whoever has nothing to do with a visit finds nothing of it, at any address."""

    def setUp(self):
        owner = make_user()
        doctor, clinic = make_open_doctor()
        intake = make_intake(patient=make_patient(user=owner, clinic=clinic), sent=True)
        Photo.objects.create(intake=intake, file="photos/none.jpg")
        assessment.assess(intake.pk)
        flow.call_in(intake.visit, by=doctor.user)
        note = signing.draft_for(intake.visit, by=doctor.user)
        start = timezone.now() + timedelta(minutes=5)
        appointment = Appointment.objects.create(
            patient=intake.visit.patient, clinic=clinic, practitioner=doctor, start=start, end=start + timedelta(minutes=15),
            request_key=uuid.uuid4(), booked_by=owner,
        )  # fmt: skip
        self.uuids = [intake.visit_id, intake.photos.get().pk, appointment.pk]
        self.ints = {intake.pk, note.pk, intake.visit.patient_id, owner.pk}
        self.visit = intake.visit
        self.before = self.rows()

    def rows(self):
        self.visit.refresh_from_db()
        intake, note = self.visit.intake, self.visit.notes.get()
        room = getattr(getattr(self.visit, "room", None), "pk", None)
        said = self.visit.state, self.visit.acuity, intake.words, intake.revision, note.status, note.subjective, room
        return said, self.visit.changes.count(), self.visit.vitals.count(), Appointment.objects.get().status

    def urls(self):
        for route in addresses():
            asked = kinds(route)
            if not asked & {"uuid", "int"} or (route.startswith(PUBLIC) and not route.startswith(OWN)):
                continue
            for pk, number in itertools.product(self.uuids if "uuid" in asked else [""], self.ints if "int" in asked else [""]):
                yield filled(route, uuid=pk, int=number, slug="words")

    def test_there_are_addresses_to_try(self):
        self.assertGreater(len(set(self.urls())), 20)

    def test_strangers_find_nothing(self):
        elsewhere = make_clinic()
        strangers = [make_user(), make_doctor(clinic=elsewhere), make_assistant(clinic=elsewhere)]
        strangers.append(make_practitioner(clinic=elsewhere, role="coordinator").user)
        for stranger, url, method in itertools.product(strangers, sorted(set(self.urls())), ("get", "post")):
            self.client.force_login(stranger)
            with self.subTest(stranger=stranger.role, url=url, method=method):
                response = getattr(self.client, method)(url, {"words": "changed"} if method == "post" else {})
                self.assertIn(response.status_code, {403, 404, 405})
        self.assertEqual(self.rows(), self.before)

    def test_who_is_signed_out_finds_nothing(self):
        for url, method in itertools.product(sorted(set(self.urls())), ("get", "post")):
            with self.subTest(url=url, method=method):
                response = getattr(self.client, method)(url)
                self.assertIn(response.status_code, {302, 401, 403, 404, 405})
                if response.status_code == 302:
                    self.assertTrue(response.url.startswith("/account/login/"), response.url)
        self.assertEqual(self.rows(), self.before)
