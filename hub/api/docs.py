"""/openapi.json and /docs: what may be asked, for programs and for people. Neither needs a token: it is no secret."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, JSONResponse, Response

from hub.api import problems, prose


@dataclass(frozen=True, slots=True)
class Operation:
    """One thing that may be asked, as the page lists it."""

    id: str
    method: str
    path: str
    summary: str
    description: str
    parameters: tuple[Mapping[str, Any], ...]
    body: tuple[str, str]
    """What the body is, and the schema that explains it; empty for none."""
    answers: tuple[tuple[str, str, str, str], ...]
    """Status, description, what it is, and the schema that explains it."""


@dataclass(frozen=True, slots=True)
class Shape:
    """One schema, as the page lists it: its fields with type, words and whether they are needed."""

    name: str
    description: str
    fields: tuple[tuple[str, str, str, bool], ...]


def make_router(schema: Mapping[str, Any]) -> APIRouter:
    """The two addresses, over a finished OpenAPI document."""
    router = APIRouter()
    topics = [(tag["name"], tag["description"], list(_operations(schema, tag["name"]))) for tag in schema["tags"]]
    shapes = list(_shapes(schema["components"]["schemas"]))

    @router.get("/openapi.json")
    def show_schema() -> JSONResponse:
        return JSONResponse(schema, headers={"Cache-Control": "no-cache"})

    @router.get("/docs")
    def show_docs(request: Request) -> Response:
        words = problems.words_of(request)
        page = problems.hub_of(request).pages.render(
            words.language,
            "api.html",
            info=schema["info"],
            topics=topics,
            shapes=shapes,
            kinds=problems.kinds(),
            prose=prose,
        )
        return HTMLResponse(page, headers={"Content-Language": words.language})

    return router


def _operations(schema: Mapping[str, Any], tag: str) -> Iterator[Operation]:
    place = schema["servers"][0]["url"]
    for path, methods in schema["paths"].items():
        for method, told in methods.items():
            if tag in told["tags"]:
                summary, more = prose.parts(told["description"])
                yield Operation(
                    id=told["operationId"],
                    method=method.upper(),
                    path=place + path,
                    summary=summary,
                    description=more,
                    parameters=tuple(told.get("parameters", ())),
                    body=_named(told.get("requestBody", {})),
                    answers=tuple((s, a["description"], *_named(a)) for s, a in told["responses"].items()),
                )


def _shapes(schemas: Mapping[str, Mapping[str, Any]]) -> Iterator[Shape]:
    for name, schema in sorted(schemas.items()):
        needed = schema.get("required", ())
        fields = [(n, _type(f), _words(f), n in needed) for n, f in schema.get("properties", {}).items()]
        yield Shape(name, _words(schema), tuple(fields))


def _words(schema: Mapping[str, Any]) -> str:
    values = ", ".join(str(each) for each in schema.get("enum", ()))
    return "\n\n".join(filter(None, (schema.get("description", ""), values)))


def _named(told: Mapping[str, Any]) -> tuple[str, str]:
    """What a body or an answer is, and the schema that explains it."""
    schemas: list[Mapping[str, Any]] = [each.get("schema", {}) for each in told.get("content", {}).values()]
    schema = schemas[0] if schemas else {}
    return _type(schema), _type(schema.get("items", schema)) if "$ref" in schema.get("items", schema) else ""


def _type(schema: Mapping[str, Any]) -> str:
    """In a word: `text`, `Recording`, `list of BroadcastShown`."""
    if "$ref" in schema:
        return str(schema["$ref"]).rpartition("/")[2]
    if "anyOf" in schema:
        return " | ".join(_type(each) for each in schema["anyOf"])
    if schema.get("type") == "array":
        return f"list of {_type(schema.get('items', schema.get('prefixItems', [{}])))}"
    return str(schema.get("format") or schema.get("contentMediaType") or schema.get("type", ""))
