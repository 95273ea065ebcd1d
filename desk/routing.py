from django.urls import path

from . import consumers

websocket_urlpatterns = [path("ws/list/", consumers.ListHints.as_asgi())]
