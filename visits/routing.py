from django.urls import path

from . import consumers

websocket_urlpatterns = [
    path("ws/visit/<uuid:pk>/", consumers.VisitHints.as_asgi()),
    path("ws/queue/", consumers.QueueHints.as_asgi()),
]
