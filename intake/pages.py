"""What each page of the story shows and saves."""

from django.http import Http404

from accounts import consents

from . import forms, telling, vitals
from .questions import BY_KEY
from .steps import LATER, steps_for


class Page:
    """One page: its form, what is saved, what else it shows."""

    template = "intake/step.html"

    def __init__(self, step):
        self.step = step

    def form(self, request, intake):
        return self.make(request.POST if request.method == "POST" else None, request.FILES or None, initial=self.said(intake))

    def facts(self, intake):
        return {}

    def said(self, intake):
        return {}

    def is_done(self, request, intake) -> bool:
        """Whether there is nothing (more) to ask on this page."""
        return False

    def lines(self, intake) -> list[tuple[str, str, str]]:
        """What this page adds to the summary: where to change it, the question, the answer."""
        return []


class Words(Page):
    make = forms.WordsForm

    def said(self, intake):
        return {"words": intake.words}

    def save(self, intake, form, *, by):
        telling.save(intake, words=form.cleaned_data["words"], by=by)


class Answer(Page):
    template = "intake/question.html"

    def make(self, *args, **kwargs):
        return forms.AnswerForm(*args, question=self.step, **kwargs)

    def said(self, intake):
        value = intake.answers.filter(question=self.step).values_list("value", flat=True).first()
        if value == "unknown" and not BY_KEY[self.step].choices:
            return {"unknown": True}
        return {"value": value}

    def save(self, intake, form, *, by):
        telling.save(intake, answers={self.step: form.answer()}, by=by)


class Vitals(Page):
    template = "intake/vitals.html"
    make = forms.VitalsForm

    def said(self, intake):
        return {key: f"{vital.value.normalize():f}" for key, vital in vitals.latest(intake.visit).items()}

    def save(self, intake, form, *, by):
        before = self.said(intake)
        new = {key: value for key, value in form.measured().items() if f"{value.normalize():f}" != before.get(key)}
        if new:
            telling.save_vitals(intake.visit, new, by=by)


class Photo(Page):
    template = "intake/photo.html"
    make = forms.PhotoForm

    def facts(self, intake):
        return {"photos": intake.photos.all()}

    def save(self, intake, form, *, by):
        if form.cleaned_data["photo"]:
            telling.save_photo(intake, form.cleaned_data["photo"], by=by)


class Consent(Page):
    template = "intake/consent.html"
    make = forms.ConsentForm

    def said(self, intake):
        return {consent.scope: consent.agreed for consent in intake.visit.consents.all()}

    def save(self, intake, form, *, by):
        telling.save(intake, agreed=form.agreed(), by=by)


class Summary(Page):
    template = "intake/summary.html"
    make = forms.PhotoForm

    def facts(self, intake):
        answers = dict(intake.answers.values_list("question", "value"))
        return {
            "answers": [_line(BY_KEY[step], answers) for step in steps_for(intake) if step in BY_KEY],
            "asked": [line for step in LATER for line in page_for(intake, step).lines(intake)],
            "measured": [(vitals.BY_KEY[key], vital) for key, vital in vitals.latest(intake.visit).items()],
            "photos": intake.photos.all(),
            "consents": [item.title[forms.tongue()] for item in consents.WORDINGS if telling.agreed_to(intake.visit, item.scope)],
        }

    def save(self, intake, form, *, by):
        """The summary is sent by its own address."""


def _line(question, answers):
    """A question, what was answered, and where to change it."""
    language = forms.tongue()
    return question.key, question.title[language], question.in_words(answers.get(question.key, ""), language)


PAGES = {"words": Words, "vitals": Vitals, "photo": Photo, "consent": Consent, "summary": Summary}


def add(step: str, page: type[Page]) -> None:
    """A later app adds a page before the summary."""
    PAGES[step] = page
    if step not in LATER:
        LATER.append(step)


def page_for(intake, step) -> Page:
    """The page of a step; a step this person is not asked is not found."""
    if step not in steps_for(intake):
        raise Http404
    return PAGES.get(step, Answer)(step)
