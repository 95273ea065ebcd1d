import asyncio
import contextlib
import signal

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from video.media.forwarder import Forwarder
from video.media.janus import Janus
from video.media.worker import Worker


class Command(BaseCommand):
    help = "Run one media worker: it carries sound and picture of visits. Start as many as there are cores, less one."
    requires_system_checks = []

    def handle(self, **options):
        with contextlib.suppress(asyncio.CancelledError):
            asyncio.run(self.work())

    async def work(self):
        task = asyncio.current_task()
        for name in (signal.SIGTERM, signal.SIGINT):
            asyncio.get_running_loop().add_signal_handler(name, task.cancel)
        await Worker(settings.REDIS_URL, self.engine()).run()

    def engine(self):
        if settings.MEDIA_ENGINE == "janus":
            return Janus(settings.JANUS_URL, settings.JANUS_SECRET)
        try:
            return Forwarder(settings.MEDIA_ADDRESSES, settings.MEDIA_PORTS)
        except OSError as error:
            raise CommandError(
                f"No free UDP port for media: {error}. Give addresses of this machine in MEDIA_ADDRESSES "
                "(public=local behind a router) and a free range in MEDIA_PORTS, such as 40000-40099."
            ) from error
