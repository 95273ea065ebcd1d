"""The interview as pages of the intake: one question at a time, until no answer can change the level."""

from django import forms
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from intake import pages, telling
from intake.forms import tongue
from intake.questions import UNKNOWN
from intake.questions import told as told_before

from .assessment import model_for
from .cases import ASKED, case_of
from .interview import next_question
from .knowledge.questions import questions

STEP = "questions"


class InterviewForm(forms.Form):
    """One question with its answers; "I don't know" is one of them."""

    question = forms.CharField(widget=forms.HiddenInput)

    def __init__(self, data=None, *, asked, initial):
        super().__init__(data, initial={"question": asked.id, **initial})
        choices = [(answer.code, answer.text[tongue()]) for answer in asked.answers]
        self.fields["value"] = forms.ChoiceField(
            label=asked.text[tongue()], choices=[*choices, (UNKNOWN[0], UNKNOWN[1][tongue()])], widget=forms.RadioSelect,
            error_messages={"required": _("Please choose one answer. “I don't know” is fine too.")},
        )  # fmt: skip


class Interview(pages.Page):
    """The question that matters most now, or one that was answered and shall be changed."""

    template = "triage/question.html"

    def form(self, request, intake):
        data = request.POST if request.method == "POST" else None
        asked = self._asked(request, intake)
        return InterviewForm(data, asked=asked, initial={"value": answers_of(intake).get(asked.id)})

    def is_done(self, request, intake):
        return self._asked(request, intake) is None

    def save(self, intake, form, *, by):
        telling.save(intake, answers={ASKED + form["question"].value(): form.cleaned_data["value"]}, by=by)

    def lines(self, intake):
        where = reverse("intake:step", args=[intake.visit_id, STEP])
        given = answers_of(intake).items()
        return [(f"{where}?then=summary&ask={key}", *_in_words(key, value, tongue())) for key, value in given]

    def _asked(self, request, intake):
        """The question of a sent form, the one to change, or the next one; a name we do not know is passed over."""
        name = request.POST.get("question") or request.GET.get("ask")
        return questions().get(name) or next_question(case_of(intake), model_for(intake.visit)) or self._last(request)

    def _last(self, request):
        """A form that was sent after the interview had ended still needs a question to be refused with."""
        return next(iter(questions().values())) if request.method == "POST" else None


def answers_of(intake) -> dict[str, str]:
    """The interview's answers by question, in the order of the questions."""
    rows = intake.answers.filter(question__startswith=ASKED).values_list("question", "value")
    given = {question.removeprefix(ASKED): value for question, value in rows}
    return {key: given[key] for key in questions() if key in given}


def told(intake, language: str) -> list[tuple[str, str]]:
    """All answers of an intake as (question, answer) in words of a language."""
    guided = told_before(dict(intake.answers.values_list("question", "value")), language)
    return [*(_in_words(key, value, language) for key, value in answers_of(intake).items()), *guided]


def knows(key: str, value: str) -> bool:
    """Whether this is an answer to a question of the interview; the key is the one it is kept under."""
    question = questions().get(key.removeprefix(ASKED)) if key.startswith(ASKED) else None
    return question is not None and value in {UNKNOWN[0], *(answer.code for answer in question.answers)}


def _in_words(key, value, language):
    question = questions()[key]
    codes = {answer.code: answer.text[language] for answer in question.answers}
    return question.text[language], codes.get(value, UNKNOWN[1][language])
