"""How the patient's try of camera and sound went: the doctor sees it before the call."""

from django.db import transaction

from accounts import audit
from visits import hints

from .models import DeviceCheck


@transaction.atomic
def write_down(visit, *, picture: bool, sound: bool, by) -> DeviceCheck:
    """The last try counts: what came back from the server, not what the browser promised."""
    check = DeviceCheck.objects.update_or_create(visit=visit, defaults={"picture": picture, "sound": sound})[0]
    audit.record(by, "device.check", check)
    hints.tell(visit)
    return check
