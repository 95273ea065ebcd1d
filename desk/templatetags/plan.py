"""Numbers of the staff's calendars in words."""

from django import template
from django.utils.formats import number_format

register = template.Library()


@register.filter
def hours(minutes):
    """Minutes as hours: 90 is 1.5."""
    return number_format(round(minutes / 60, 1), decimal_pos=0 if minutes % 60 == 0 else 1)
