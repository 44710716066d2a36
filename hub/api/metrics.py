"""/metrics: hub and fleet in figures, for Prometheus and what understands its text."""

from collections.abc import Iterator, Sequence
from importlib.metadata import version

from fastapi import APIRouter, Response
from prometheus_client import CONTENT_TYPE_PLAIN_0_0_4, CollectorRegistry, ProcessCollector, generate_latest
from prometheus_client.core import Metric
from prometheus_client.registry import Collector

from hub.api import gauges
from hub.api.caller import Looker
from hub.api.gauges import HubFigures
from hub.api.problems import answers
from hub.store import alerts, incidents
from hub.web import sight

router = APIRouter(tags=["metrics"])


class _Taken(Collector):
    """Metrics that were taken already."""

    def __init__(self, families: Sequence[Metric]) -> None:
        self._families = families

    def collect(self) -> Iterator[Metric]:
        return iter(self._families)


@router.get(
    "/metrics",
    response_class=Response,
    responses=answers() | {200: {"content": {"text/plain": {"schema": {"type": "string"}}}}},
)
def read_metrics(caller: Looker) -> Response:
    """The hub (its process, open incidents, waiting alerts) and the nodes in service (contact, vitals, cameras,
    network) in figures. What is unknown has no value."""
    since = caller.hub.online_since()
    with caller.desk.database.read() as c:
        seen = sight.look(c, caller.now, since)
        lasting, waiting = [kept.incident for kept in incidents.lasting(c)], alerts.count_waiting(c)
    hub = HubFigures(version("loalang"), since is not None, lasting, waiting)
    registry = CollectorRegistry()
    registry.register(_Taken(list(gauges.families(seen.present, hub))))
    ProcessCollector(registry=registry)
    return Response(generate_latest(registry), headers={"Content-Type": CONTENT_TYPE_PLAIN_0_0_4})
