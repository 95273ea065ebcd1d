"""Who, and where: people, the clinics they meet in, and who looked at what."""

import secrets
import zoneinfo

from django.contrib.auth.models import AbstractUser, BaseUserManager
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from .appendonly import AppendOnly
from .naming import named


class Language(models.TextChoices):
    KOREAN = "ko", _("Korean")
    ENGLISH = "en", _("English")

    @classmethod
    def of_the_page(cls):
        """In which language the page is shown just now."""
        return cls.KOREAN if (get_language() or "ko").startswith("ko") else cls.ENGLISH


def known_zone(name):
    """Refuse a time zone that does not exist."""
    if name not in zoneinfo.available_timezones():
        raise ValidationError(_("“%(name)s” is not a time zone. Example: Asia/Seoul."), params={"name": name})


class UserManager(BaseUserManager):
    def create_user(self, email, password=None, **fields):
        user = self.model(email=self.normalize_email(email), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email, password=None, **fields):
        fields.setdefault("role", User.Role.ADMINISTRATOR)
        return self.create_user(email, password, is_staff=True, is_superuser=True, **fields)


class User(AbstractUser):
    """Somebody who signs in."""

    class Role(models.TextChoices):
        PATIENT = "patient", _("Patient")
        DOCTOR = "doctor", _("Doctor")
        ASSISTANT = "assistant", _("Assistant")
        COORDINATOR = "coordinator", _("Coordinator")
        ADMINISTRATOR = "administrator", _("Administrator")
        REVIEWER = "reviewer", _("AI-ethics reviewer")

    username = None
    email = models.EmailField(_("e-mail"), unique=True)
    role = models.CharField(max_length=20, choices=Role, default=Role.PATIENT)
    language = models.CharField(max_length=5, choices=Language, default=Language.KOREAN)
    time_zone = models.CharField(max_length=50, default="Asia/Seoul", validators=[known_zone])

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: list[str] = []
    objects = UserManager()

    def __str__(self):
        return self.get_full_name() or self.email

    @property
    def is_staff_member(self):
        """Who works in clinics; a reviewer of the AI sees only what names nobody."""
        return self.role not in (self.Role.PATIENT, self.Role.REVIEWER)

    @property
    def is_doctor(self):
        return self.role == self.Role.DOCTOR

    @property
    def clinics(self):
        """The clinics this person works for; an administrator works for all."""
        if self.role == self.Role.ADMINISTRATOR:
            return Clinic.objects.all()
        return Clinic.objects.filter(practitioners__user=self) if self.is_staff_member else Clinic.objects.none()


class Clinic(models.Model):
    """An access point (FHIR Location): a hospital, a practice, a village health post."""

    class Link(models.TextChoices):
        GOOD = "good", _("Good link")
        WEAK = "weak", _("Weak link")

    name_ko = models.CharField(max_length=100)
    name_en = models.CharField(max_length=100)
    time_zone = models.CharField(max_length=50, default="Asia/Seoul", validators=[known_zone])
    language = models.CharField(max_length=5, choices=Language, default=Language.KOREAN)
    link_class = models.CharField(max_length=10, choices=Link, default=Link.GOOD)
    emergency_number = models.CharField(max_length=10, default="119")
    phone = models.CharField(max_length=30, blank=True)

    class Meta:
        ordering = ["name_ko"]

    def __str__(self):
        return self.name

    @property
    def name(self):
        return self.name_ko if Language.of_the_page() == Language.KOREAN else self.name_en


class PractitionerQuerySet(models.QuerySet):
    def doctors(self):
        """The doctors who have not left."""
        return self.filter(user__role=User.Role.DOCTOR, user__is_active=True)


class Practitioner(models.Model):
    """Somebody who works in clinics (FHIR Practitioner): doctor, assistant, coordinator."""

    user = models.OneToOneField(User, on_delete=models.CASCADE)
    name = models.CharField(max_length=100)
    specialty_ko = models.CharField(max_length=100, blank=True)
    specialty_en = models.CharField(max_length=100, blank=True)
    clinics = models.ManyToManyField(Clinic, related_name="practitioners")

    objects = PractitionerQuerySet.as_manager()

    class Meta:
        ordering = ["name"]

    def __str__(self):
        return self.name

    @property
    def specialty(self):
        return self.specialty_ko if Language.of_the_page() == Language.KOREAN else self.specialty_en


class PatientQuerySet(models.QuerySet):
    def acted_for_by(self, user, to=None):
        """Oneself, and those who let this person act for them today: in anything, or in what is asked for."""
        granted = Grant.objects.live(to).filter(user_id=user.pk).values("patient_id")
        return self.filter(Q(user_id=user.pk) | Q(pk__in=granted)) if user.pk else self.none()

    def visible_to(self, user):
        """Whom this person may read: staff the patients of their clinics, others those they act for."""
        if user.is_authenticated and user.is_staff_member:
            return self.filter(clinic__in=user.clinics)
        return self.acted_for_by(user)


class Patient(models.Model):
    """A person who is cared for; staff may bring in somebody who never signs in."""

    class Sex(models.TextChoices):
        FEMALE = "female", _("Female")
        MALE = "male", _("Male")
        OTHER = "other", _("Other")
        UNKNOWN = "unknown", _("Not known")

    user = models.OneToOneField(User, on_delete=models.SET_NULL, null=True, blank=True)
    name = models.CharField(_("name"), max_length=100)
    birth_date = models.DateField(_("date of birth"))
    sex = models.CharField(_("sex"), max_length=10, choices=Sex, default=Sex.UNKNOWN)
    phone = models.CharField(_("phone"), max_length=30, blank=True)
    language = models.CharField(_("language"), max_length=5, choices=Language, default=Language.KOREAN)
    clinic = models.ForeignKey(Clinic, on_delete=models.PROTECT)

    objects = PatientQuerySet.as_manager()

    def __str__(self):
        return self.name

    @property
    def age_years(self):
        """Age today in years, with a fraction so that a baby's months count."""
        return max(0.0, (timezone.localdate() - self.birth_date).days / 365.25)

    @property
    def age(self):
        return int(self.age_years)


class Scope(models.TextChoices):
    """What somebody may do for another."""

    BOOK = "book", _("Book, move and cancel times")
    JOIN = "join", _("Say what is wrong, and be in the visit")
    READ = "read", _("Read what was said in earlier visits")


def new_nonce():
    return secrets.token_urlsafe(16)


class GrantQuerySet(models.QuerySet):
    def open(self):
        """Grants that have not ended, taken or not."""
        return self.filter(Q(expires_at=None) | Q(expires_at__gt=timezone.now()), revoked_at=None)

    def live(self, to=None):
        """Grants that hold at this moment: any of them, or those for what is asked for."""
        found = self.open().filter(user__isnull=False)
        return found.filter(**{f"may_{to}": True}) if to else found

    def endable_by(self, user):
        """Grants that this person may end: those of their own record, those they hold, and for staff those of their patients."""
        if user.is_staff_member:
            return self.filter(Q(user=user) | Q(patient__clinic__in=user.clinics))
        return self.filter(Q(user=user) | Q(patient__user=user))


class Grant(models.Model):
    """Somebody may act for a child or an elder, in what was named, until it ends or is taken back."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, null=True, related_name="grants")  # None: offered, not yet taken
    patient = models.ForeignKey(Patient, on_delete=models.CASCADE, related_name="grants")
    relationship = models.CharField(max_length=20)
    may_book = models.BooleanField(default=True)
    may_join = models.BooleanField(default=True)
    may_read = models.BooleanField(default=True)
    given_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    given_at = models.DateTimeField(default=timezone.now)
    nonce = models.CharField(max_length=30, default=new_nonce)  # of the link by which it is taken
    expires_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)

    objects = GrantQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["user", "patient"], condition=Q(revoked_at=None), name="one_grant_per_pair"),
            models.CheckConstraint(
                condition=Q(may_book=True) | Q(may_join=True) | Q(may_read=True), name="a_grant_allows_something"
            ),
        ]

    @property
    def scopes(self) -> list[str]:
        """What it allows, in words."""
        return [scope.label for scope in Scope if getattr(self, f"may_{scope}")]


class AuditEvent(AppendOnly):
    """Who did or read what, when, from where, and why."""

    class Via(models.TextChoices):
        PAGE = "page", _("page")
        LINK = "link", _("visit link")
        API = "api", _("another program")
        SYSTEM = "system", _("Naru itself")

    at = models.DateTimeField(auto_now_add=True)
    by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    via = models.CharField(max_length=10, choices=Via)
    action = models.CharField(max_length=40)
    subject = models.CharField(max_length=40)
    subject_id = models.CharField(max_length=40)
    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, null=True, related_name="+")
    address = models.GenericIPAddressField(null=True)
    why = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering = ["pk"]
        indexes = [models.Index(fields=["subject", "subject_id"]), models.Index(fields=["patient", "at"])]

    def __str__(self):
        return f"{self.action} {self.subject} {self.subject_id}"

    @property
    def who(self) -> str:
        """Who did it; whoever acted for somebody else is named with them."""
        return named(self.by, self.patient)
