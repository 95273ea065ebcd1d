"""The pages of each role: the daily ones stand first, the others fold away on a phone."""

from django.test import TestCase
from django.urls import reverse

from accounts.models import User
from desk.templatetags.pages import OF_ROLE
from tests.factories import make_doctor, make_user


class NavTest(TestCase):
    def nav(self, user, name):
        self.client.force_login(user)
        self.client.cookies["django_language"] = "en"
        return self.client.get(reverse(name)).content.decode().partition('<nav class="naru-nav"')[2].partition("</nav>")[0]

    def test_the_queue_stands_before_the_fold(self):
        first, _fold, others = self.nav(make_doctor(), "desk:queue").partition("<details>")
        self.assertInHTML('<a href="/desk/queue/" aria-current="page">Queue</a>', first)
        self.assertIn("/desk/calendar/", others)

    def test_the_fold_names_the_page_that_is_open_in_it(self):
        summary = self.nav(make_doctor(), "desk:calendar").partition("<summary>")[2].partition("</summary>")[0]
        self.assertIn("<b>Calendar</b>", summary)

    def test_a_patient_has_few_pages_and_no_fold(self):
        self.assertNotIn("<details>", self.nav(make_user(), "scheduling:openings"))

    def test_every_role_has_its_pages(self):
        self.assertEqual(set(OF_ROLE), set(User.Role))
