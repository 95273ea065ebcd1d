from django.urls import path

from . import views, waitlist_views

app_name = "scheduling"
urlpatterns = [
    path("", views.clinics, name="openings"),
    path("mine/", views.mine, name="mine"),
    path("waitlist/<int:pk>/leave/", waitlist_views.leave, name="leave_waitlist"),
    path("offer/<uuid:pk>/<slug:answer>/", waitlist_views.answer, name="answer_offer"),
    path("<int:clinic>/<int:doctor>/waitlist/", waitlist_views.ask, name="ask_waitlist"),
    path("calendars/", views.own_calendars, name="calendars"),
    path("calendars/feed/", views.give_feed, name="give-feed"),
    path("calendars/feed/end/", views.end_feed, name="end-feed"),
    path("calendars/<int:pk>/remove/", views.unfollow, name="unfollow"),
    path("feed/<str:secret>.ics", views.feed, name="feed"),
    path("<int:clinic>/", views.doctors, name="doctors"),
    path("<int:clinic>/<int:doctor>/", views.times, name="times"),
    path("<int:clinic>/<int:doctor>/book/", views.book, name="book"),
]
