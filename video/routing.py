from django.urls import path

from . import consumers, guest_hints

websocket_urlpatterns = [
    path("ws/room/<uuid:pk>/", consumers.RoomSocket.as_asgi()),
    path("ws/guest/<uuid:pk>/", guest_hints.GuestHints.as_asgi()),
]
