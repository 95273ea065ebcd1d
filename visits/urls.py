from django.urls import path

from . import views

app_name = "visits"
urlpatterns = [
    path("v/<str:token>/", views.link, name="link"),
    path("appointment/<uuid:pk>/", views.appointment, name="ahead"),
    path("appointment/<uuid:pk>/door/", views.door, name="door"),
    path("appointment/<uuid:pk>/move/", views.move, name="move"),
    path("appointment/<uuid:pk>/accept/", views.accept, name="accept"),
    path("appointment/<uuid:pk>/cancel/", views.cancel, name="cancel"),
    path("appointment/<uuid:pk>/calendar.ics", views.calendar, name="calendar"),
    path("visit/<uuid:pk>/leave/", views.leave, name="leave"),
    path("visit/<uuid:pk>/person/", views.ask_for_person, name="ask-for-person"),
    path("visit/<uuid:pk>/qr.svg", views.qr, name="qr"),
]
