"""It happened: earlier apps say so, later ones listen."""

from django.dispatch import Signal

appointment_changed = Signal()  # change: AppointmentChange; sent after commit
offer_made = Signal()  # offer: Offer, a freed time for somebody of the waitlist; sent after commit
delay_said = Signal()  # delay: Delay, a doctor begins later (or on time again); sent after commit
