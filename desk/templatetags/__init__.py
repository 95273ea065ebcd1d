"""Words of the staff's calendars in templates."""
