from django.urls import path

from . import consumers, hints

websocket_urlpatterns = [
    path("ws/room/<uuid:pk>/", consumers.RoomSocket.as_asgi()),
    path("ws/rescue/", hints.RescueHints.as_asgi()),
]
