"""Figures of the house for Prometheus, in its text format. No patient, no visit and no person is ever in them.

What happens is counted in one hash of Redis, whose fields are the samples themselves: so any number of web processes count
together, and a restart forgets nothing. What is so now comes from the media workers' heartbeats.
"""

import json
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from redis import Redis

from .media.leases import commands_key, heartbeat_key
from .media.meter import stats_key
from .media.protocol import Quality

KEY = "naru:metrics"
PERCENT = (0, 1, 2, 5, 10, 20, 50, 100)
SECONDS = (0.5, 1, 1.5, 2, 3, 5, 10, 20)
INFINITE = "+Inf"
TRIPS = (25, 50, 100, 200, 400, 800, 1600)


class Metric(NamedTuple):
    """One family of samples."""

    kind: str
    help: str
    buckets: tuple[float, ...] = ()


COUNTED = {
    "naru_reports_total": Metric("counter", "Reports of browsers in a room, one each two seconds, by the path of their media."),
    "naru_loss_up_percent": Metric("histogram", "Loss on the way from a browser, by its reports.", PERCENT),
    "naru_loss_down_percent": Metric("histogram", "Loss on the way to a browser, by its reports.", PERCENT),
    "naru_concealed_percent": Metric("histogram", "Share of the sound that a browser had to invent.", PERCENT),
    "naru_round_trip_milliseconds": Metric("histogram", "Round trip between a browser and its media worker.", TRIPS),
    "naru_join_seconds": Metric("histogram", "From wanting in until the lines stood.", SECONDS),
    "naru_freezes_total": Metric("counter", "Times that a picture stood still."),
    "naru_picture_pauses_total": Metric("counter", "Times that a picture was left out because a link was too narrow."),
    "naru_rejoins_total": Metric("counter", "Times that a browser was told to come again."),
}
NOW = {
    "naru_media_load": ("load", Metric("gauge", "Load of a media worker, as its heartbeat tells it.")),
    "naru_media_rooms": ("rooms", Metric("gauge", "Rooms on a media worker.")),
    "naru_media_people": ("people", Metric("gauge", "People on a media worker.")),
    "naru_media_weak_people": ("weak", Metric("gauge", "People whose link carries no picture now.")),
    "naru_media_up_kilobits": ("rate_up", Metric("gauge", "What people send, kbit/s.")),
    "naru_media_down_kilobits": ("rate_down", Metric("gauge", "What people get, kbit/s.")),
    "naru_media_packets_total": ("packets", Metric("counter", "Packets sent to people.")),
    "naru_media_bytes_total": ("bytes", Metric("counter", "Bytes of sound and picture sent to people.")),
    "naru_media_repairs_total": ("repairs", Metric("counter", "Lost packets sent again.")),
    "naru_media_commands_waiting": ("commands", Metric("gauge", "Commands that a media worker has not taken yet.")),
}


def of_report(said: Quality) -> dict[str, float]:
    """By how much each sample grows with one report."""
    counts: dict[str, float] = {f'naru_reports_total{{path="{said.path}",transport="{said.transport}"}}': 1}
    seen = {
        "naru_loss_up_percent": said.lost_up,
        "naru_loss_down_percent": said.lost_down,
        "naru_concealed_percent": said.concealed,
        "naru_round_trip_milliseconds": said.round_trip,
    }
    for name, value in seen.items() if said.path else ():  # who has no line has no loss
        counts |= observed(name, value)
    if said.joined:
        counts |= observed("naru_join_seconds", said.joined)
    if said.freezes:
        counts["naru_freezes_total"] = said.freezes
    return counts


def observed(name: str, value: float) -> dict[str, float]:
    """One value in a histogram: it is counted in its own bucket, and the buckets are added up when they are read."""
    edge = next((edge for edge in COUNTED[name].buckets if value <= edge), INFINITE)
    return {bucket(name, edge): 1, f"{name}_sum": value}


def bucket(name: str, edge: float | str) -> str:
    """The sample of one bucket."""
    return f'{name}_bucket{{le="{edge}"}}'


def text(redis: Redis) -> Iterator[str]:
    """All of it, line by line."""
    counted = {sample: float(value) for sample, value in redis.hgetall(KEY).items()}
    for name, metric in COUNTED.items():
        yield from family(name, metric, _histogram(name, metric, counted) if metric.buckets else _counter(name, counted))
    workers = dict(_workers(redis))
    for name, (key, metric) in NOW.items():
        yield from family(name, metric, ((f'{name}{{worker="{worker}"}}', now.get(key, 0)) for worker, now in workers.items()))


def family(name: str, metric: Metric, samples: Iterable[tuple[str, float]]) -> Iterator[str]:
    """One family: what it means, what it is, its samples."""
    yield f"# HELP {name} {metric.help}"
    yield f"# TYPE {name} {metric.kind}"
    yield from (f"{sample} {value:g}" if value < 1e6 else f"{sample} {value:.0f}" for sample, value in samples)


def _counter(name: str, counted: dict[str, float]) -> Iterable[tuple[str, float]]:
    """Each set of labels as it was counted; without labels, 0 from the beginning."""
    labelled = sorted(sample for sample in counted if sample.startswith(f"{name}{{"))
    return [(sample, counted.get(sample, 0.0)) for sample in labelled or [name]]


def _histogram(name: str, metric: Metric, counted: dict[str, float]) -> Iterator[tuple[str, float]]:
    """All buckets, each with everything below it."""
    number = 0.0
    for edge in (*metric.buckets, INFINITE):
        number += counted.get(bucket(name, edge), 0.0)
        yield bucket(name, edge), number
    yield f"{name}_sum", counted.get(f"{name}_sum", 0.0)
    yield f"{name}_count", number


def _workers(redis: Redis) -> Iterator[tuple[str, dict[str, float]]]:
    """Each living media worker and what it said last."""
    for key in sorted(redis.scan_iter(heartbeat_key("*"))):
        worker = key.rsplit(":", 1)[1]
        load, stats = redis.mget(key, stats_key(worker))
        if load is not None:
            yield worker, {**json.loads(stats or "{}"), "load": float(load), "commands": redis.llen(commands_key(worker))}
