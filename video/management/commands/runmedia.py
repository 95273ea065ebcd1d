import asyncio
import contextlib
import signal

from django.conf import settings
from django.core.management.base import BaseCommand

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
        await Worker(settings.REDIS_URL, settings.ICE_SERVERS, settings.MEDIA_ADDRESSES).run()
