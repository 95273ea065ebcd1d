"""All at the same moment: several people, windows or workers, each on a database connection of its own."""

import threading
from collections.abc import Callable

from django.db import connections

PATIENCE_SECONDS = 60


def together(*deeds: Callable, refused: type[Exception] | tuple[()] = ()) -> list:
    """What each deed gave, or how it was refused, in the order in which they ended; any other error is raised here."""
    start, ended, broken = threading.Barrier(len(deeds)), [], []

    def run(deed):
        try:
            start.wait(PATIENCE_SECONDS)
            ended.append(deed())
        except refused as refusal:
            ended.append(refusal)
        except BaseException as error:  # raised below, where the test sees it
            broken.append(error)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=[deed]) for deed in deeds]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(PATIENCE_SECONDS)
    if broken:
        raise broken[0]
    assert len(ended) == len(deeds), "every one ends with an answer"
    return ended
