from django.urls import path

from . import recording_views, views

app_name = "video"
urlpatterns = [
    path("visit/<uuid:pk>/room/", views.room, name="room"),
    path("visit/<uuid:pk>/room/seat/", views.seat, name="seat"),
    path("visit/<uuid:pk>/room/say/", views.say, name="say"),
    path("seat/<uuid:pk>/recording/", recording_views.state, name="recording"),
    path("seat/<uuid:pk>/recording/ask/", recording_views.ask, name="recording-ask"),
    path("seat/<uuid:pk>/recording/answer/", recording_views.answer, name="recording-answer"),
    path("seat/<uuid:pk>/recording/stop/", recording_views.stop, name="recording-stop"),
    path("recording/<uuid:pk>/", recording_views.play, name="play"),
    path("recording/file/<uuid:pk>/", recording_views.file, name="recording-file"),
    path("visit/<uuid:pk>/check/", views.check, name="check"),
]
