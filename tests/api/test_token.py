from allauth.mfa.models import Authenticator
from allauth.mfa.signals import authenticator_added
from django.test import Client, TestCase
from django.urls import reverse

from accounts.models import AuditEvent
from tests.factories import make_user

PASSWORD = "correct horse battery"


class TokenTest(TestCase):
    def setUp(self):
        self.user = make_user(language="en")

    def ask(self, password=PASSWORD, **fields):
        data = {"email": self.user.email, "password": password, **fields}
        return self.client.post(reverse("api:token"), data, content_type="application/json", HTTP_ACCEPT_LANGUAGE="en")

    def test_email_and_password_give_a_token_that_opens_the_door(self):
        token = self.ask().json()["token"]
        response = self.client.get(reverse("api:queue"), HTTP_AUTHORIZATION=f"Token {token}")
        self.assertEqual(response.json(), {"detail": "The queue is for doctors."})
        self.assertEqual(AuditEvent.objects.get(action="token.give").via, "api")

    def test_asking_twice_gives_the_same_token(self):
        self.assertEqual(self.ask().json(), self.ask().json())

    def test_wrong_password_and_unknown_person_get_the_same_answer(self):
        wrong, unknown = self.ask(password="wrong"), self.ask(email="nobody@example.org")
        self.assertEqual((wrong.status_code, wrong.json()), (unknown.status_code, unknown.json()))
        self.assertEqual(wrong.json(), {"detail": "This e-mail and password do not belong together."})

    def test_an_account_with_a_second_step_gets_no_token_by_password(self):
        Authenticator.objects.create(user=self.user, type=Authenticator.Type.TOTP, data={"secret": "x"})
        response = self.ask()
        self.assertEqual(response.status_code, 403)
        self.assertIn("second step of sign-in", response.json()["detail"])

    def test_whoever_changes_how_they_sign_in_ends_the_token(self):
        self.client.force_login(self.user)
        page, words = reverse("account_change_password"), "a quiet river 7"
        facts = {"oldpassword": PASSWORD, "password1": words, "password2": words}
        for deed in (
            lambda: self.client.post(page, facts),
            lambda: authenticator_added.send(Authenticator, request=None, user=self.user, authenticator=None),
        ):
            key = self.ask(password=words if self.user.check_password(words) else PASSWORD).json()["token"]
            deed()
            self.user.refresh_from_db()
            answer = Client().get(reverse("api:queue"), HTTP_AUTHORIZATION=f"Token {key}")
            self.assertEqual(answer.status_code, 401)

    def test_a_closed_account_gets_no_token(self):
        self.user.is_active = False
        self.user.save()
        self.assertEqual(self.ask().status_code, 400)

    def test_guessing_is_slowed_down(self):
        statuses = [self.ask(password="wrong").status_code for _ in range(12)]
        self.assertEqual((statuses[0], statuses[-1]), (400, 429))
        self.assertEqual(self.ask().status_code, 429)

    def test_a_wrong_method_is_refused(self):
        self.assertEqual(self.client.get(reverse("api:token")).status_code, 405)

    def test_half_a_question_is_explained(self):
        response = self.client.post(reverse("api:token"), "{", content_type="application/json")
        self.assertEqual(response.status_code, 400)
        self.assertIn("password", self.ask(password="").json())
