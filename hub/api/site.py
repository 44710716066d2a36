"""Puts the topics of the API together into one application, to be mounted at /api/v1, and describes it (OpenAPI)."""

from functools import cache
from typing import Any

from anyio.to_thread import run_sync
from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from starlette.types import Receive, Scope, Send

from hub.api import (
    broadcasts,
    calendar,
    calendar_files,
    cameras,
    docs,
    emergencies,
    figures,
    incidents,
    maintenance,
    me,
    metrics,
    node_history,
    nodes,
    orders,
    people,
    problems,
    recording_details,
    recordings,
    speech,
    uploads,
    uptime,
    versions,
    wishes,
)
from hub.api.caller import TURNED_AWAY, TurnedAway
from hub.api.problems import HUB
from hub.web.asking import Hub

PLACE = "/api/v1"
TOPICS = (
    *(broadcasts, orders, wishes, recordings, recording_details, versions, uploads, speech),
    *(calendar, calendar_files),
    *(emergencies, nodes, node_history, figures, cameras, maintenance),
    *(incidents, uptime, metrics, people, me),
)
"""The modules with operations; every one needs its line in the tests' table of who may what."""
SCHEMA_PATH = "/openapi.json"
_SUMMARY = """\
All that the pages do, for programs; save for what a password alone opens: new people and rights, passwords, second
factors, PINs and tokens are made on the pages. Send a token of `/account/tokens` with each request:

    Authorization: Bearer loa_…

Instants are RFC 3339 with their zone, and answered in UTC. What is wrong is answered as `application/problem+json`
(RFC 9457), its sentences in the language of `Accept-Language` (vi, en)."""


class Api:
    """The API over one hub, as an ASGI application. What is the same for every hub is built once, at the first request:
    it takes a quarter of a second (PC), and not on the event loop, where a STOP may wait."""

    def __init__(self, hub: Hub) -> None:
        self._hub = hub
        self._turned_away = TurnedAway()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        api = await run_sync(built)
        await api({**scope, HUB: self._hub, TURNED_AWAY: self._turned_away}, receive, send)


@cache
def built() -> FastAPI:
    """All operations with their document."""
    api = FastAPI(
        openapi_url=None,
        docs_url=None,
        redoc_url=None,
        responses=problems.answers(400, 401, 403, 413, 422),
        generate_unique_id_function=lambda route: route.name,
    )
    problems.install(api)
    for topic in TOPICS:
        api.include_router(topic.router)
    schema = api.state.schema = describe(api)
    told = [operation for methods in schema["paths"].values() for operation in methods.values()]
    api.state.operations = [(path, method.upper()) for path, methods in schema["paths"].items() for method in methods]
    api.state.queries = {operation["operationId"]: _queries(operation) for operation in told}
    api.include_router(docs.make_router(schema))
    return api


def describe(api: FastAPI) -> dict[str, Any]:
    """The OpenAPI document."""
    schema = get_openapi(
        title="Loa Làng",
        version="1",
        summary="The hub of a commune's loudspeakers",
        description=_SUMMARY,
        routes=api.routes,
        servers=[{"url": PLACE}],
        tags=[{"name": tag, "description": job} for tag, job in _tags().items()],
    )
    for path in schema["paths"].values():
        for operation in path.values():
            for status, answer in operation["responses"].items():
                _name_problem(status, answer)
    return schema


def _queries(operation: dict[str, Any]) -> frozenset[str]:
    return frozenset(p["name"] for p in operation.get("parameters", ()) if p["in"] == "query")


def _name_problem(status: str, answer: dict[str, Any]) -> None:
    """Errors come as problem+json, not as plain JSON."""
    content = answer.get("content", {})
    if status >= "400" and "application/json" in content:
        content[problems.MEDIA_TYPE] = content.pop("application/json")


def _tags() -> dict[str, str]:
    """What each group of operations is for; two modules may share one."""
    told: dict[str, str] = {}
    for topic in TOPICS:
        tag, job = str(topic.router.tags[0]), _job(topic.__doc__)
        told[tag] = f"{told[tag]}; {job}" if tag in told else job
    return told


def _job(docstring: str | None) -> str:
    """What a topic's module says of itself, without its address."""
    return (docstring or "").split("\n")[0].rpartition(": ")[2].rstrip(".")
