from django.urls import path

from . import views

app_name = "video"
urlpatterns = [
    path("visit/<uuid:pk>/room/", views.room, name="room"),
    path("visit/<uuid:pk>/room/seat/", views.seat, name="seat"),
    path("visit/<uuid:pk>/room/say/", views.say, name="say"),
    path("visit/<uuid:pk>/check/", views.check, name="check"),
    path("appointment/<uuid:pk>/check/", views.check_ahead, name="check-ahead"),
]
