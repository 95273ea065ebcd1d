"""The web process: pages and sockets."""

import os
import sys

from django.core.asgi import get_asgi_application

sys.setswitchinterval(0.0005)  # seconds; a thread back from the database waits less for the one that renders (make bench)
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "telehealth.settings")
pages = get_asgi_application()

from channels.auth import AuthMiddlewareStack  # noqa: E402 - apps must be loaded first
from channels.routing import ProtocolTypeRouter, URLRouter  # noqa: E402
from channels.security.websocket import AllowedHostsOriginValidator  # noqa: E402

import desk.routing  # noqa: E402
import video.routing  # noqa: E402
import visits.routing  # noqa: E402

sockets = URLRouter(
    visits.routing.websocket_urlpatterns + video.routing.websocket_urlpatterns + desk.routing.websocket_urlpatterns
)
application = ProtocolTypeRouter({"http": pages, "websocket": AllowedHostsOriginValidator(AuthMiddlewareStack(sockets))})
