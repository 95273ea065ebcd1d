from django.urls import path

from . import views, waitlist_views

app_name = "scheduling"
urlpatterns = [
    path("", views.clinics, name="openings"),
    path("mine/", views.mine, name="mine"),
    path("mine/<uuid:pk>/", views.appointment, name="appointment"),
    path("mine/<uuid:pk>/cancel/", views.cancel, name="cancel"),
    path("mine/<uuid:pk>/move/", views.move, name="move"),
    path("waitlist/<int:pk>/leave/", waitlist_views.leave, name="leave_waitlist"),
    path("offer/<uuid:pk>/<slug:answer>/", waitlist_views.answer, name="answer_offer"),
    path("<int:clinic>/<int:doctor>/waitlist/", waitlist_views.ask, name="ask_waitlist"),
    path("<int:clinic>/", views.doctors, name="doctors"),
    path("<int:clinic>/<int:doctor>/", views.times, name="times"),
    path("<int:clinic>/<int:doctor>/book/", views.book, name="book"),
]
