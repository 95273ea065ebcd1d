from django.urls import path

from .views import check, door, guests, recording, room

app_name = "video"
urlpatterns = [
    path("visit/<uuid:pk>/room/", room.room, name="room"),
    path("visit/<uuid:pk>/room/seat/", room.seat, name="seat"),
    path("visit/<uuid:pk>/room/say/", room.say, name="say"),
    path("visit/<uuid:pk>/room/asking/", door.asking, name="asking"),
    path("visit/<uuid:pk>/guests/", door.guests, name="guests"),
    path("visit/<uuid:pk>/guests/invite/", door.invite, name="invite"),
    path("visit/<uuid:pk>/guests/<uuid:guest>/qr.svg", door.qr, name="guest-qr"),
    path("guest/<uuid:pk>/admit/", door.admit, name="admit"),
    path("guest/<uuid:pk>/not-now/", door.turn_away, name="turn-away"),
    path("invited/<str:token>/", guests.invited, name="invited"),
    path("guest/<uuid:pk>/", guests.waiting, name="guest"),
    path("guest/<uuid:pk>/now/", guests.waiting_fragment, name="guest-fragment"),
    path("guest/<uuid:pk>/ask/", guests.ask_again, name="guest-ask"),
    path("guest/<uuid:pk>/room/", guests.room, name="guest-room"),
    path("guest/<uuid:pk>/room/seat/", guests.seat, name="guest-seat"),
    path("guest/<uuid:pk>/room/say/", guests.say, name="guest-say"),
    path("seat/<uuid:pk>/recording/", recording.state, name="recording"),
    path("seat/<uuid:pk>/recording/ask/", recording.ask, name="recording-ask"),
    path("seat/<uuid:pk>/recording/answer/", recording.answer, name="recording-answer"),
    path("seat/<uuid:pk>/recording/stop/", recording.stop, name="recording-stop"),
    path("recording/<uuid:pk>/", recording.play, name="play"),
    path("recording/file/<uuid:pk>/", recording.file, name="recording-file"),
    path("visit/<uuid:pk>/check/", check.check, name="check"),
    path("visit/<uuid:pk>/check/done/", check.checked, name="checked"),
    path("guest/<uuid:pk>/check/", check.check_guest, name="guest-check"),
    path("visit/<uuid:pk>/phone/", check.ask_for_call, name="ask-for-call"),
    path("visit/<uuid:pk>/phone/no/", check.take_back, name="no-call"),
    path("visit/<uuid:pk>/phone/called/", check.called, name="called"),
    path("appointment/<uuid:pk>/check/", check.check_ahead, name="check-ahead"),
]
