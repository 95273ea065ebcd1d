"""What was decided: notes, prescriptions and letters, each signed once."""

import re
from datetime import timedelta

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.formats import number_format
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.appendonly import AppendOnly, Unchangeable
from accounts.models import Practitioner
from visits.models import Visit


class Paper(models.Model):
    """What a doctor writes as a draft and signs; once signed it never changes."""

    class Status(models.TextChoices):
        DRAFT = "draft", _("Draft")
        SIGNED = "signed", _("Signed")

    status = models.CharField(max_length=10, choices=Status, default=Status.DRAFT)
    author = models.ForeignKey(Practitioner, on_delete=models.PROTECT, related_name="%(class)ss")
    updated_at = models.DateTimeField(auto_now=True)
    signed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        abstract = True

    def save(self, *args, **kwargs):
        self._refuse_if_signed()
        super().save(*args, **kwargs)

    def delete(self, *args, **kwargs):
        self._refuse_if_signed()
        return super().delete(*args, **kwargs)

    def _refuse_if_signed(self):
        if self.pk and type(self).objects.filter(pk=self.pk, status=self.Status.SIGNED).exists():
            raise Unchangeable(f"a signed {self._meta.verbose_name} is never changed")

    @property
    def is_signed(self):
        return self.status == self.Status.SIGNED


class Note(Paper):
    """The doctor's note of a visit; an amendment is the next version."""

    visit = models.ForeignKey(Visit, on_delete=models.PROTECT, related_name="notes")
    version = models.PositiveSmallIntegerField(default=1)
    subjective = models.TextField(_("What the patient says"), blank=True)
    objective = models.TextField(_("What was found"), blank=True)
    assessment = models.TextField(_("Assessment"), blank=True)
    plan = models.TextField(_("Plan"), blank=True)
    summary = models.TextField(_("In plain words for the patient"), blank=True)
    amendment_reason = models.CharField(_("Why it is amended"), max_length=300, blank=True)

    class Meta:
        ordering = ["version"]
        constraints = [models.UniqueConstraint(fields=["visit", "version"], name="one_note_per_version")]

    def delete(self, *args, **kwargs):
        raise Unchangeable("a note is never deleted")


class Phrase(models.Model):
    """A doctor's own words for what comes every day: typed as /shortcut, they fill the parts of the note."""

    PARTS = ("assessment", "plan", "summary")

    owner = models.ForeignKey(Practitioner, on_delete=models.CASCADE, related_name="phrases")
    shortcut = models.SlugField(_("Shortcut"), max_length=20, allow_unicode=True)
    assessment = models.TextField(_("Assessment"), max_length=2000, blank=True)
    plan = models.TextField(_("Plan"), max_length=2000, blank=True)
    summary = models.TextField(_("In plain words for the patient"), max_length=2000, blank=True)

    class Meta:
        ordering = ["shortcut"]
        constraints = [models.UniqueConstraint(fields=["owner", "shortcut"], name="one_phrase_per_shortcut")]


# More is a slip of the finger; what is rarely given at once, such as bowel preparation in mL, stays possible.
MOST_AT_ONCE = {"mL": 4000, "mg": 30_000, "[drp]": 60, "[iU]": 10_000_000}
USUAL_MOST = 40  # of tablets and whatever else is counted
DAYS = [MinValueValidator(1), MaxValueValidator(365)]


class MedicationRequest(Paper):
    """One medicine that is prescribed (FHIR MedicationRequest), with what was warned of and why it is given all the same."""

    word = "medicine"

    class Unit(models.TextChoices):  # UCUM
        TABLET = "{tablet}", _("tablet(s)")
        CAPSULE = "{capsule}", _("capsule(s)")
        ML = "mL", _("mL")
        MG = "mg", _("mg")
        DROP = "[drp]", _("drop(s)")
        PUFF = "{puff}", _("puff(s)")
        SACHET = "{sachet}", _("sachet(s)")
        PATCH = "{patch}", _("patch(es)")
        APPLICATION = "{application}", _("application(s)")
        UNIT = "[iU]", _("unit(s)")

    class Timing(models.TextChoices):  # HL7 GTSAbbreviation
        QD = "QD", _("once a day")
        BID = "BID", _("twice a day")
        TID = "TID", _("three times a day")
        QID = "QID", _("four times a day")
        BED = "BED", _("at bedtime")
        Q4H = "Q4H", _("every 4 hours")
        Q6H = "Q6H", _("every 6 hours")
        Q8H = "Q8H", _("every 8 hours")
        QOD = "QOD", _("every other day")
        WK = "WK", _("once a week")

    class Route(models.TextChoices):
        ORAL = "oral", _("by mouth")
        INHALED = "inhaled", _("to breathe in")
        SKIN = "skin", _("on the skin")
        EYE = "eye", _("into the eye")
        EAR = "ear", _("into the ear")
        NOSE = "nose", _("into the nose")
        UNDER_TONGUE = "sublingual", _("under the tongue")
        RECTAL = "rectal", _("into the rectum")
        UNDER_SKIN = "subcutaneous", _("injected under the skin")
        MUSCLE = "intramuscular", _("injected into a muscle")

    visit = models.ForeignKey(Visit, on_delete=models.PROTECT, related_name="medicines")
    medication = models.CharField(_("Medicine and strength"), max_length=100)
    dose = models.DecimalField(_("Dose"), max_digits=10, decimal_places=2, default=1, validators=[MinValueValidator(0.01)])
    unit = models.CharField(_("Unit"), max_length=15, choices=Unit, default=Unit.TABLET)
    timing = models.CharField(_("How often"), max_length=5, choices=Timing, default=Timing.TID)
    as_needed = models.BooleanField(_("Only when needed"), default=False)
    days = models.PositiveSmallIntegerField(_("For how many days"), default=3, validators=DAYS)
    route = models.CharField(_("How it is taken"), max_length=15, choices=Route, default=Route.ORAL)
    note = models.CharField(_("For the patient (for example: after meals)"), max_length=200, blank=True)
    warnings = models.JSONField(default=list, blank=True)
    override_reason = models.CharField(_("Why it is given all the same"), max_length=300, blank=True)

    class Meta:
        ordering = ["pk"]
        constraints = [models.CheckConstraint(condition=Q(dose__gt=0, days__gt=0), name="a_medicine_has_a_dose_and_days")]

    def clean(self):
        most = MOST_AT_ONCE.get(self.unit, USUAL_MOST)
        if self.dose is not None and self.dose > most:
            words = _("Nobody takes so much at a time: more than %(most)s %(unit)s. Please check the number.")
            facts = {"most": number_format(most, force_grouping=True), "unit": self._unit(most)}
            raise ValidationError({"dose": words % facts})

    @property
    def name(self):
        return self.medication

    @property
    def amount(self):
        """How much at a time, in words."""
        facts = {"number": number_format(self.dose.normalize(), force_grouping=True), "unit": self._unit(self.dose)}
        return gettext("%(number)s %(unit)s") % facts

    def _unit(self, number):
        return re.sub(r"\((e?s)\)", "" if number == 1 else r"\1", self.get_unit_display())  # "tablet(s)"

    @property
    def in_words(self):
        """How it is taken, in plain words."""
        words = gettext("%(amount)s, %(timing)s, %(route)s, for %(days)s days") % {
            "amount": self.amount, "timing": self.get_timing_display(), "route": self.get_route_display(), "days": self.days,
        }  # fmt: skip
        return f"{words} ({gettext('only when needed')})" if self.as_needed else words

    @property
    def runs_until(self):
        """The last day for which there is enough of it."""
        return timezone.localdate(self.signed_at or self.updated_at) + timedelta(days=self.days)


class Letter(Paper):
    """A letter about the patient: to another doctor (FHIR ServiceRequest), or for work or school."""

    word = "letter"

    class Kind(models.TextChoices):
        REFERRAL = "referral", _("Referral letter")
        SICK_NOTE = "sick-note", _("Sick note")

    visit = models.ForeignKey(Visit, on_delete=models.PROTECT, related_name="letters")
    kind = models.CharField(max_length=10, choices=Kind)
    to = models.CharField(_("To"), max_length=150, blank=True)
    text = models.TextField(_("Letter"), max_length=5000, blank=True)
    first_day = models.DateField(_("First day"), null=True, blank=True)
    last_day = models.DateField(_("Last day"), null=True, blank=True)

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["visit", "kind"], condition=Q(status="draft"), name="one_draft_letter_of_a_kind")
        ]

    @property
    def is_sick_note(self):
        return self.kind == self.Kind.SICK_NOTE

    @property
    def name(self):
        """What it is called when somebody speaks of it."""
        return f"{self.get_kind_display()}: {self.to}" if self.to else self.get_kind_display()


class Cancellation(AppendOnly):
    """A signed medicine or letter is taken back: it stays as it was signed, and this row stands beside it."""

    medicine = models.OneToOneField(MedicationRequest, on_delete=models.PROTECT, null=True, related_name="cancellation")
    letter = models.OneToOneField(Letter, on_delete=models.PROTECT, null=True, related_name="cancellation")
    reason = models.CharField(max_length=300)
    by = models.ForeignKey(Practitioner, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["pk"]
        constraints = [models.CheckConstraint(condition=Q(medicine=None) ^ Q(letter=None), name="one_paper_is_cancelled")]

    @property
    def paper(self) -> Paper:
        return self.medicine or self.letter

    @property
    def visit(self):
        return self.paper.visit
