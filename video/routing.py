from django.urls import path

from . import consumers, echo, guest_hints

websocket_urlpatterns = [
    path("ws/room/<uuid:pk>/", consumers.RoomSocket.as_asgi()),
    path("ws/check/<str:token>/", echo.EchoSocket.as_asgi()),
    path("ws/guest/<uuid:pk>/", guest_hints.GuestHints.as_asgi()),
]
