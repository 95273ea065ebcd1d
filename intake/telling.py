"""Tell the story: begin, save each step, send."""

from functools import partial

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts import audit, consents
from accounts.errors import Refused
from visits import flow
from visits.models import Visit

from .models import Answer, Consent, Intake, Photo, Vital
from .signals import intake_saved, intake_sent
from .vitals import BY_KEY

WORDS_LIMIT = 5000


class NotReady(Refused):
    """Something that is needed is still missing."""


def begin(patient, clinic, *, by, language, for_whom=Intake.ForWhom.SELF, channel=Visit.Channel.APP, appointment=None):
    """Somebody arrives: open the visit and the page for their story, or find the ones already open."""
    visit = flow.arrive(patient, clinic, by=by, channel=channel, appointment=appointment)
    intake, _created = Intake.objects.get_or_create(visit=visit, defaults={"language": language, "for_whom": for_whom})
    return intake


@transaction.atomic
def save(intake, *, by, words=None, answers=None, measured=None, agreed=None) -> Intake:
    """Keep what was told so far; what is None stays as it is.

    answers: by question.  measured: vitals by key.  agreed: the scopes agreed to; the others were shown and not agreed to.
    """
    intake = _open(intake)
    if words is not None:
        intake.words = words.strip()[:WORDS_LIMIT]
    _keep_answers(intake, answers or {})
    _keep_vitals(intake.visit, measured or {}, by)
    if agreed is not None:
        _keep_consents(intake, agreed, by)
    return _saved(intake, by)


@transaction.atomic
def save_vitals(visit, values: dict, *, by) -> None:
    """Measured values by key; each is a new row, so that the course stays visible."""
    _keep_vitals(visit, values, by)
    intake = Intake.objects.filter(visit=visit).first()
    if intake:
        _saved(_locked(intake), by)
    else:
        audit.record(by, "vitals.save", visit)


@transaction.atomic
def save_photo(intake, file, *, by) -> Photo:
    """Keep a cleaned picture."""
    intake = _open(intake)
    photo = Photo.objects.create(intake=intake, file=file)
    _saved(intake, by)
    return photo


@transaction.atomic
def send(intake, *, by) -> Intake:
    """The story is told: join the queue. Sending twice is sending once."""
    intake = _locked(intake)
    if intake.is_sent:
        return intake
    if missing(intake):
        raise NotReady(_("Please tell us what is wrong and agree to the visit before you send."))
    intake.status, intake.sent_at = Intake.Status.COMPLETED, timezone.now()
    intake.save(update_fields=["status", "sent_at"])
    flow.join_queue(intake.visit, by=by)
    audit.record(by, "intake.send", intake)
    transaction.on_commit(partial(intake_sent.send_robust, sender=Intake, intake=intake))
    return intake


def missing(intake) -> list[str]:
    """The steps without which nothing can be sent."""
    agreed = {
        (consent.scope, consent.version) for consent in intake.visit.consents.all() if consent.agreed
    }  # an older text does not count
    lacking = [item for item in consents.WORDINGS if item.required and (item.scope, item.version) not in agreed]
    return ["words"] * (not intake.words) + ["consent"] * bool(lacking)


def agreed_to(visit, scope) -> bool:
    """Whether the person agreed to the present text."""
    return visit.consents.filter(scope=scope, version=consents.wording(scope).version, agreed=True).exists()


def _locked(intake):
    return Intake.objects.select_for_update(of=("self",)).select_related("visit__patient").get(pk=intake.pk)


def _open(intake):
    intake = _locked(intake)
    if intake.is_sent:
        raise Refused(_("You have already sent this. Tell the doctor anything new when you are called in."))
    return intake


def _keep_answers(intake, answers):
    """Answering again changes the answer."""
    rows = [Answer(intake=intake, question=question, value=value) for question, value in answers.items()]
    Answer.objects.bulk_create(rows, update_conflicts=True, unique_fields=["intake", "question"], update_fields=["value"])


def _keep_vitals(visit, measured, by):
    for key, value in measured.items():
        Vital.objects.create(visit=visit, code=BY_KEY[key].code, value=value, by=by)


def _keep_consents(intake, agreed, by):
    """Write down each text that was shown, its version, and whether the person agreed."""
    rows = [
        Consent(
            visit=intake.visit, scope=item.scope, version=item.version, agreed=item.scope in agreed,
            language=intake.language, by=by,
        )
        for item in consents.WORDINGS
    ]  # fmt: skip
    shown, given = ["visit", "scope", "version"], ["agreed", "language", "given_at", "by"]
    Consent.objects.bulk_create(rows, update_conflicts=True, unique_fields=shown, update_fields=given)


def _saved(intake, by):
    """A change is done: the story has a new revision."""
    intake.revision += 1
    intake.save(update_fields=["words", "revision"])
    audit.record(by, "intake.save", intake)
    transaction.on_commit(partial(intake_saved.send_robust, sender=Intake, intake=intake))
    return intake
