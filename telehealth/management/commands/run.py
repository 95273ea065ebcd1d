import asyncio
import os
import sys
from pathlib import Path

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from telehealth import embedded, gates, statics
from telehealth.supervisor import CannotStart, Supervisor, alone_in

PYTHON = sys.executable
CELERY = [PYTHON, "-m", "celery", "-A", "telehealth"]


class Command(BaseCommand):
    help = "Run the whole of Naru on this machine: Redis, pages, tasks, media. Ctrl-C stops it; the data stays."
    requires_system_checks = []

    def add_arguments(self, parser):
        parser.add_argument("--port", type=int, default=int(os.environ.get("NARU_PORT", 8000)), help="of the pages (8000)")
        parser.add_argument("--state", type=Path, default=settings.NARU_STATE, help="directory of all data (var/)")
        parser.add_argument("--no-demo", action="store_true", help="without the invented people and one-click sign-ins")
        parser.add_argument("--quiet", action="store_true", help="say only what goes wrong")

    def handle(self, *, port, state, no_demo, quiet, **options):
        self.port, self.state, self.demo, self.quiet = port, state.absolute(), not no_demo, quiet
        self.address = os.environ.get("NARU_BIND", "127.0.0.1")
        try:
            embedded.private_directory(self.state)
            with alone_in(self.state):
                self.require_port()
                asyncio.run(self.supervise())
        except (CannotStart, embedded.NoRedis) as problem:
            raise CommandError(str(problem)) from None

    def require_port(self):
        if not embedded.is_free(self.port, self.address):
            raise CannotStart(
                f"Port {self.port} is taken by another program. Stop that one, or choose another port: "
                f"`make run PORT={self.port + 1}`."
            )

    async def supervise(self):
        """Start, stay, stop."""
        house = Supervisor(self.state, self.environment(), settings.BASE_DIR, self.say)
        house.stop_on_signals(asyncio.current_task())
        try:
            await self.start(house)
            self.welcome(house)
            await house.run()
        except asyncio.CancelledError:
            while asyncio.current_task().uncancel():
                pass
        finally:
            self.tell("Stopping ...")
            await house.stop()
            self.tell("Naru has stopped. Its data is kept in " + str(self.state))

    async def start(self, house):
        await self.start_redis(house)
        self.tell("Preparing the database ...")
        if statics.are_stale(Path(house.env.get("STATIC_ROOT", self.state / "static"))):
            await house.run_once("collectstatic", [PYTHON, "manage.py", "collectstatic", "--noinput", "--clear"])
        await house.run_once("prepare", [PYTHON, "manage.py", "prepare"])
        self.tell("Starting pages, tasks and media ...")
        await house.until_ready(*self.start_parts(house))
        self.start_clock(house)

    async def start_redis(self, house):
        """The Redis of REDIS_URL, else one of our own."""
        if "REDIS_URL" in house.env:
            if not await gates.redis_answers(house.env["REDIS_URL"]):
                raise CannotStart("The Redis of REDIS_URL does not answer. Start it, or unset REDIS_URL to use one of our own.")
            return
        redis = embedded.redis_in(self.state)
        house.env["REDIS_URL"] = redis.url
        self.tell("Starting Redis ...")
        await house.until_ready(house.start("redis", redis.command, lambda child: gates.redis_answers(redis.url)))

    def start_parts(self, house):
        """The pages, those who work beside them, sound and picture."""
        url = house.env["REDIS_URL"]
        web = [PYTHON, "-m", "daphne", "-b", self.address, "-p", str(self.port), "-v", "0", "telehealth.asgi:application"]
        worker = [*CELERY, "worker", "--pool", "prefork", "-c", "1", "-l", "INFO", "--without-gossip", "--without-mingle"]
        name = next((host.lstrip(".") for host in settings.ALLOWED_HOSTS if host != "*"), "localhost")
        return [
            house.start("web", web, lambda child: gates.pages_answer(self.address, self.port, name)),
            house.start("worker", worker, gates.worker_is_ready),
            house.start("media", [PYTHON, "manage.py", "runmedia"], lambda child: gates.media_beats(url)),
        ]

    def start_clock(self, house):
        """Beat, last: nobody waits for it, and the others start quicker without it."""
        clock = str(self.state / "celerybeat-schedule")
        beat = [*CELERY, "beat", "-s", clock, "--pidfile", "", "-l", "WARNING"]
        house.start("beat", beat, gates.lives)

    def environment(self):
        """What the children must know; whatever is set already stays."""
        defaults = {
            "DJANGO_SETTINGS_MODULE": "telehealth.settings",
            "SECRET_KEY": embedded.secret_in(self.state / "secret-key"),
            "PUBLIC_URL": f"http://localhost:{self.port}",
        }
        ours = {"NARU_STATE": str(self.state), "NARU_DEMO": str(int(self.demo)), "PYTHONUNBUFFERED": "1"}
        return {**defaults, **os.environ, **ours}

    def welcome(self, house):
        """What to open, who one can be, how to stop."""
        here = f"http://localhost:{self.port}"
        self.tell(f"\nNaru is running: {here}\n")
        if self.demo:
            from telehealth.demo.seed import PERSONAS

            self.tell(f"Sign in with one click at {here}/demo/ as")
            for person in PERSONAS:
                self.tell(f"  {getattr(person, 'role', 'patient'):14} {person.name} <{person.email}>")
        elif settings.HTTPS or "NARU_HTTPS" not in house.env:
            self.tell("Pages expect HTTPS from the proxy in front; to look at them without one, set NARU_HTTPS=0.")
        self.tell(f"\nLogs: {house.logs}   Data: {self.state}\nCtrl-C stops everything; `make run` continues where you were.")

    def tell(self, words):
        if not self.quiet:
            self.stdout.write(words)
            self.stdout.flush()

    def say(self, words):
        """Something went wrong with a child."""
        self.stderr.write(words)
        self.stderr.flush()
