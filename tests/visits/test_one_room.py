"""A doctor has one patient in the room at a time."""

from functools import partial

from django.test import TestCase, TransactionTestCase

from tests.factories import make_clinic, make_doctor, make_practitioner, make_visit
from tests.races import together
from video import rescue
from visits import acuity, duty, flow, handing_over
from visits.models import Source, Visit
from visits.one_room import RoomTaken
from visits.states import State


def states(*visits):
    return [Visit.objects.get(pk=visit.pk).state for visit in visits]


class OneRoomTest(TestCase):
    def setUp(self):
        self.clinic = make_clinic()
        self.doctor = make_doctor(clinic=self.clinic)
        self.coordinator = make_practitioner(clinic=self.clinic, role="coordinator").user
        self.inside = self.visit(State.IN_PROGRESS)

    def visit(self, state=State.WAITING, **fields):
        return make_visit(state=state, clinic=self.clinic, doctor=self.doctor, **fields)

    def held(self, **fields):
        """On hold with this doctor, who called the present patient in after that."""
        visit = self.visit(**fields)
        flow.call_in(visit, by=self.doctor, instead=True)
        flow.resume(self.inside, by=self.doctor, instead=True)
        return Visit.objects.get(pk=visit.pk)

    def refused(self, deed, *names):
        with self.assertRaises(RoomTaken) as refused:
            deed()
        for name in names:
            self.assertIn(name, str(refused.exception))

    def test_nobody_is_called_in_while_somebody_is_in_the_room(self):
        waiting = self.visit()
        for deed in partial(flow.call_in, waiting), flow.call_in_next:
            self.refused(partial(deed, by=self.doctor), self.inside.patient.name)
        self.assertEqual(states(self.inside, waiting), [State.IN_PROGRESS, State.WAITING])

    def test_the_doctors_word_puts_who_is_inside_on_hold(self):
        waiting = self.visit()
        flow.call_in(waiting, by=self.doctor, instead=True)
        self.assertEqual(states(self.inside, waiting), [State.ON_HOLD, State.IN_PROGRESS])

    def test_who_is_on_hold_comes_back_into_an_empty_room(self):
        held = self.held()
        self.refused(partial(flow.resume, held, by=self.doctor), self.inside.patient.name)
        flow.finish(self.inside, by=self.doctor)
        flow.resume(held, by=self.doctor)
        self.assertEqual(states(held), [State.IN_PROGRESS])

    def test_a_coordinator_brings_nobody_into_a_full_room(self):
        held = self.held()
        self.refused(partial(rescue.take_back, held, by=self.coordinator), self.doctor.practitioner.name)
        self.assertEqual(states(self.inside, held), [State.IN_PROGRESS, State.ON_HOLD])

    def test_who_is_handed_over_waits_before_the_door(self):
        colleague = make_doctor(clinic=self.clinic)
        theirs = make_visit(state=State.IN_PROGRESS, clinic=self.clinic, doctor=colleague)
        duty.begin(by=self.doctor)
        handing_over.hand_over(theirs, to=self.doctor.practitioner, by=colleague, reason="ECG")
        self.assertEqual(states(self.inside, theirs), [State.IN_PROGRESS, State.ON_HOLD])
        self.refused(partial(flow.resume, theirs, by=self.doctor))

    def test_life_in_danger_interrupts_and_is_not_interrupted_by_the_next(self):
        emergency = self.visit(acuity=1)
        flow.call_in_next(by=self.doctor)
        self.assertEqual(states(self.inside, emergency), [State.ON_HOLD, State.IN_PROGRESS])
        self.refused(partial(flow.call_in, self.visit(), by=self.doctor), emergency.patient.name)

    def test_of_two_in_danger_who_is_safe_again_goes_on_hold(self):
        first, second = (self.visit(State.IN_PROGRESS, acuity=1) for _person in range(2))
        acuity.judge(second, 3, by=self.doctor, source=Source.CLINICIAN, reason="better")
        self.assertEqual(states(self.inside, first, second), [State.ON_HOLD, State.IN_PROGRESS, State.ON_HOLD])
        acuity.judge(first, 3, by=self.doctor, source=Source.CLINICIAN, reason="better")
        self.assertEqual(states(first), [State.IN_PROGRESS])


class OneRoomPageTest(TestCase):
    def setUp(self):
        self.clinic = make_clinic()
        self.doctor = make_doctor(clinic=self.clinic)
        self.client.force_login(self.doctor)
        self.client.cookies["django_language"] = "en"
        self.inside = make_visit(state=State.IN_PROGRESS, clinic=self.clinic, doctor=self.doctor)
        self.waiting = make_visit(clinic=self.clinic)
        self.call_in, self.resume = (f"/desk/visit/{self.waiting.pk}/{deed}/" for deed in ("call-in", "resume"))

    def test_the_page_says_who_is_inside_and_offers_both_ways(self):
        for url in self.call_in, "/desk/queue/next/":
            with self.subTest(url=url):
                page = self.client.post(url)
                self.assertEqual(page.status_code, 409)
                names = self.inside.patient.name, self.waiting.patient.name
                self.assertContains(page, "Put {} on hold and call in {}".format(*names), status_code=409)
                self.assertContains(page, f'href="/desk/visit/{self.inside.pk}/"', status_code=409)
                self.assertContains(page, f'action="{self.call_in}"', status_code=409)

    def test_its_button_does_what_it_says(self):
        self.assertRedirects(self.client.post(self.call_in, {"instead": "yes"}), f"/desk/visit/{self.waiting.pk}/")
        self.assertEqual(states(self.inside, self.waiting), [State.ON_HOLD, State.IN_PROGRESS])
        back = f"/desk/visit/{self.inside.pk}/resume/"
        self.assertContains(self.client.post(back), f'action="{back}"', status_code=409)
        self.client.post(back, {"instead": "yes"})
        self.assertEqual(states(self.inside, self.waiting), [State.IN_PROGRESS, State.ON_HOLD])


class SameMomentTest(TransactionTestCase):
    """Windows of one doctor, pressed together: the database decides."""

    def setUp(self):
        self.clinic = make_clinic()
        self.doctor = make_doctor(clinic=self.clinic)
        duty.begin(by=self.doctor)

    def one_came_in(self, *visits):
        inside = Visit.objects.get(pk__in=[visit.pk for visit in visits], state=State.IN_PROGRESS)
        return inside.patient.name

    def test_two_windows_bring_in_one(self):
        for _time in range(5):
            visits = [make_visit(clinic=self.clinic) for _window in range(2)]
            ended = together(*(partial(flow.call_in, visit, by=self.doctor) for visit in visits), refused=RoomTaken)
            name = self.one_came_in(*visits)
            self.assertEqual([name in str(refusal) for refusal in ended if isinstance(refusal, RoomTaken)], [True])
            flow.finish(Visit.objects.get(state=State.IN_PROGRESS), by=self.doctor)
            for visit in Visit.objects.waiting():
                flow.leave(visit, by=None)

    def test_two_windows_that_put_the_same_patient_on_hold_bring_in_one(self):
        make_visit(state=State.IN_PROGRESS, clinic=self.clinic, doctor=self.doctor)
        visits = [make_visit(clinic=self.clinic) for _window in range(2)]
        together(*(partial(flow.call_in, visit, by=self.doctor, instead=True) for visit in visits), refused=RoomTaken)
        self.one_came_in(*visits)
