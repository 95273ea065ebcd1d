from django.urls import path

from . import consumers

websocket_urlpatterns = [path("ws/room/<uuid:pk>/", consumers.RoomSocket.as_asgi())]
