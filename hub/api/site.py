"""Puts the topics of the API together into one application, to be mounted at /api/v1, and describes it (OpenAPI)."""

from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

from hub.api import docs, me, nodes, problems
from hub.api.caller import TurnedAway
from hub.web.visit import Hub

PLACE = "/api/v1"
TOPICS = (me, nodes)
"""The modules with operations; every one needs its line in the tests' table of who may what."""
SCHEMA_PATH = "/openapi.json"
_SUMMARY = """\
All that the pages do, for programs. Send a token of `/account/tokens` with each request:

    Authorization: Bearer loa_…

Instants are RFC 3339 with their zone, and answered in UTC. What is wrong is answered as `application/problem+json`
(RFC 9457), its sentences in the language of `Accept-Language` (vi, en)."""


def make_api(hub: Hub) -> FastAPI:
    api = FastAPI(
        openapi_url=None,
        docs_url=None,
        redoc_url=None,
        responses=problems.answers(401, 403, 422),
        generate_unique_id_function=lambda route: route.name,
    )
    api.state.hub = hub
    api.state.turned_away = TurnedAway()
    problems.install(api)
    for topic in TOPICS:
        api.include_router(topic.router)
    schema = describe(api)
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
        tags=[{"name": topic.router.tags[0], "description": _job(topic.__doc__)} for topic in TOPICS],
    )
    for path in schema["paths"].values():
        for operation in path.values():
            for status, answer in operation["responses"].items():
                _name_problem(status, answer)
    return schema


def _name_problem(status: str, answer: dict[str, Any]) -> None:
    """Errors come as problem+json, not as plain JSON."""
    content = answer.get("content", {})
    if status >= "400" and "application/json" in content:
        content[problems.MEDIA_TYPE] = content.pop("application/json")


def _job(docstring: str | None) -> str:
    """What a topic's module says of itself, without its address."""
    return (docstring or "").split("\n")[0].partition(": ")[2]
