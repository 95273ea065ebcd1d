"""What was decided: notes, signed once."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.appendonly import Unchangeable
from accounts.models import Practitioner
from visits.models import Visit


class Note(models.Model):
    """The doctor's note of a visit; once signed it never changes, an amendment is the next version."""

    class Status(models.TextChoices):
        DRAFT = "draft", _("Draft")
        SIGNED = "signed", _("Signed")

    visit = models.ForeignKey(Visit, on_delete=models.PROTECT, related_name="notes")
    version = models.PositiveSmallIntegerField(default=1)
    status = models.CharField(max_length=10, choices=Status, default=Status.DRAFT)
    author = models.ForeignKey(Practitioner, on_delete=models.PROTECT, related_name="notes")
    subjective = models.TextField(_("What the patient says"), blank=True)
    objective = models.TextField(_("What was found"), blank=True)
    assessment = models.TextField(_("Assessment"), blank=True)
    plan = models.TextField(_("Plan"), blank=True)
    summary = models.TextField(_("In plain words for the patient"), blank=True)
    amendment_reason = models.CharField(_("Why it is amended"), max_length=300, blank=True)
    updated_at = models.DateTimeField(auto_now=True)
    signed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["version"]
        constraints = [models.UniqueConstraint(fields=["visit", "version"], name="one_note_per_version")]

    def save(self, *args, **kwargs):
        if self.pk and Note.objects.filter(pk=self.pk, status=Note.Status.SIGNED).exists():
            raise Unchangeable("a signed note is never changed")
        super().save(*args, **kwargs)

    def delete(self, *args, **kwargs):
        raise Unchangeable("a note is never deleted")

    @property
    def is_signed(self):
        return self.status == self.Status.SIGNED
