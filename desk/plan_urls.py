"""The addresses of calendars, hours and kinds of visit."""

from django.urls import path

from .views import appointments, away, calendar, hours, kinds

urlpatterns = [
    path("calendar/", calendar.page, name="calendar"),
    path("calendar/book/", appointments.book, name="book"),
    path("calendar/late/", away.late, name="late"),
    path("calendar/ill/", away.ill, name="ill"),
    path("calendar/away/<int:pk>/", away.page, name="away"),
    path("calendar/away/<int:pk>/offer/", away.offer, name="away-offer"),
    path("calendar/away/<int:pk>/back/", away.give_back, name="give-back"),
    path("appointment/<uuid:pk>/", appointments.appointment, name="appointment"),
    path("appointment/<uuid:pk>/move/", appointments.move, name="move"),
    path("appointment/<uuid:pk>/cancel/", appointments.cancel, name="cancel"),
    path("hours/", hours.page, name="hours"),
    path("hours/weekly/", hours.weekly, name="weekly"),
    path("hours/weekly/<int:pk>/", hours.change_weekly, name="change-weekly"),
    path("hours/weekly/<int:pk>/end/", hours.end_weekly, name="end-weekly"),
    path("hours/extra/", hours.extra, name="extra"),
    path("hours/extra/<int:pk>/close/", hours.close_again, name="close-extra"),
    path("hours/off/", hours.time_off, name="time-off"),
    path("hours/limit/", hours.limit, name="day-limit"),
    path("kinds/", kinds.page, name="kinds"),
    path("kinds/new/", kinds.new, name="new-kind"),
    path("kinds/<int:pk>/", kinds.change, name="kind"),
    path("kinds/room/", kinds.add_room, name="add-room"),
    path("kinds/room/<int:pk>/remove/", kinds.remove_room, name="remove-room"),
]
