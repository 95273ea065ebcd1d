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
def save_words(intake, words, *, by) -> Intake:
    """What is wrong, in the person's own words."""
    intake = _open(intake)
    intake.words = words.strip()[:WORDS_LIMIT]
    intake.save(update_fields=["words"])
    return _saved(intake, by)


@transaction.atomic
def save_answers(intake, answers: dict[str, str], *, by) -> Intake:
    """Answers by question; saving again changes them."""
    intake = _open(intake)
    for question, value in answers.items():
        Answer.objects.update_or_create(intake=intake, question=question, defaults={"value": value})
    return _saved(intake, by)


@transaction.atomic
def save_vitals(visit, values: dict, *, by) -> None:
    """Measured values by key; each is a new row, so that the course stays visible."""
    for key, value in values.items():
        Vital.objects.create(visit=visit, code=BY_KEY[key].code, value=value, by=by)
    intake = Intake.objects.filter(visit=visit).first()
    if intake:
        _saved(Intake.objects.select_for_update().get(pk=intake.pk), by)
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
def save_consents(intake, agreed: set[str], *, by) -> Intake:
    """Write down each text that was shown, its version, and whether the person agreed."""
    intake = _open(intake)
    for item in consents.WORDINGS:
        Consent.objects.update_or_create(
            visit=intake.visit, scope=item.scope, version=item.version,
            defaults={"agreed": item.scope in agreed, "language": intake.language, "by": by},
        )  # fmt: skip
    return _saved(intake, by)


@transaction.atomic
def send(intake, *, by) -> Intake:
    """The story is told: join the queue. Sending twice is sending once."""
    intake = Intake.objects.select_for_update().select_related("visit").get(pk=intake.pk)
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


def _open(intake):
    intake = Intake.objects.select_for_update().select_related("visit").get(pk=intake.pk)
    if intake.is_sent:
        raise Refused(_("You have already sent this. Tell the doctor anything new when you are called in."))
    return intake


def _saved(intake, by):
    intake.revision += 1
    intake.save(update_fields=["revision"])
    audit.record(by, "intake.save", intake)
    transaction.on_commit(partial(intake_saved.send_robust, sender=Intake, intake=intake))
    return intake
