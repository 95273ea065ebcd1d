"""Tasks for people: somebody did not answer, somebody wants a person to look."""

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts import audit
from accounts.errors import Refused

from . import hints
from .models import Reassessment, Task


def make(visit, kind, *, by, words="") -> Task:
    """Something is to be done for somebody; asking twice is asking once."""
    try:
        with transaction.atomic():
            task = Task.objects.create(visit=visit, kind=kind, words=words.strip()[:300])
            audit.record(by, f"task.{kind}", task)
    except IntegrityError:
        return visit.tasks.get(kind=kind, done_at=None)
    hints.tell(visit)
    return task


def ask_for_person(visit, *, by, words="") -> Task:
    """The patient's right: a person looks at it."""
    if not visit.is_open:
        raise Refused(_("This visit is over. If you still need help, begin again or call the clinic."))
    return make(visit, Task.Kind.PERSON, by=by, words=words)


@transaction.atomic
def finish(task, *, by, answer="") -> Task:
    """Somebody saw to it, and what they answer; who had not answered is asked again after the usual time."""
    task = Task.objects.select_for_update().get(pk=task.pk)
    if task.done_at:
        return task
    task.done_at, task.done_by, task.answer = timezone.now(), by, answer.strip()[:300]
    task.save(update_fields=["done_at", "done_by", "answer"])
    if task.kind == Task.Kind.NO_ANSWER:
        Reassessment.objects.filter(visit=task.visit, answered_at=None).update(answered_at=task.done_at, by=by)
    audit.record(by, "task.done", task, why=task.answer)
    hints.tell(task.visit)
    return task
