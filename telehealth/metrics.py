"""/metrics: figures for Prometheus, for whoever has the token; without a token in the settings there is no such page."""

from secrets import compare_digest

from django.conf import settings
from django.db.models import Count
from django.http import Http404, HttpResponse
from django.views.decorators.http import require_safe
from redis.exceptions import RedisError

from video import metrics, watching
from visits.models import Visit

WAITING = metrics.Metric("gauge", "Open visits by state.")
TASKS = metrics.Metric("gauge", "Tasks that no worker has taken yet.")
UP = metrics.Metric("gauge", "1 while Redis answers; without it the figures of media are missing.")


@require_safe
def page(request):
    """Everything that is measured, in the text format of Prometheus."""
    given = request.headers.get("Authorization", "")
    if not settings.METRICS_TOKEN or not compare_digest(given.encode(), f"Bearer {settings.METRICS_TOKEN}".encode()):
        raise Http404
    return HttpResponse("\n".join([*_visits(), *_media(), ""]), content_type="text/plain; version=0.0.4; charset=utf-8")


def _visits():
    counted = Visit.objects.open().values("state").annotate(number=Count("pk")).order_by("state")
    samples = [(f'naru_visits{{state="{row["state"]}"}}', row["number"]) for row in counted]
    yield from metrics.family("naru_visits", WAITING, samples)


def _media():
    redis = watching.redis()
    try:
        lines = [
            *metrics.family("naru_tasks_waiting", TASKS, [("naru_tasks_waiting", redis.llen("celery"))]),
            *metrics.text(redis),
        ]
    except (RedisError, OSError):
        lines = []
    return [*lines, *metrics.family("naru_redis_up", UP, [("naru_redis_up", bool(lines))])]
