"""Settings from TOML text: one frozen dataclass a file, checked key by key, and the example made from it.

Pure text to objects. A field's `doc` (see `setting`) is the comment that stands above it in the example file.
"""

import json
import tomllib
from dataclasses import MISSING, Field, field, fields, is_dataclass
from typing import Any, TypeVar, get_args, get_origin, get_type_hints

import msgspec

T = TypeVar("T")


class BadSettings(ValueError):
    """A settings file that cannot be used; the text names the key and what to do."""


def setting(default: Any, doc: str) -> Any:
    """Declare one key: its default (a list or table too) and the comment of the example file."""
    if isinstance(default, list | dict):
        return field(default_factory=lambda: type(default)(default), metadata={"doc": doc})
    return field(default=default, metadata={"doc": doc})


def required(example: Any, doc: str) -> Any:
    """Declare a key that has no sensible default; `example` stands in the example file."""
    return field(metadata={"doc": doc, "example": example})


def parse(text: str, kind: type[T], name: str = "settings") -> T:
    """Read TOML into `kind`. Raises BadSettings for bad TOML, an unknown key or a wrong value."""
    try:
        table = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise BadSettings(f"{name}: not TOML: {error}") from None
    _check_keys(table, kind, name, "")
    try:
        return msgspec.convert(table, kind)
    except (msgspec.ValidationError, ValueError) as error:
        raise BadSettings(f"{name}: {error}") from None


def example(kind: type, intro: str) -> str:
    """Write the commented example file of a settings type: every key, with its default or an example."""
    lines = [f"# {line.strip()}".rstrip() for line in intro.strip().splitlines()]
    return "\n".join([*lines, "", *_plain(kind), *_tables(kind, "")]).rstrip() + "\n"


def _check_keys(table: dict[str, Any], kind: type, name: str, path: str) -> None:
    hints = get_type_hints(kind)
    for key, value in table.items():
        if key not in hints:
            import difflib

            close = difflib.get_close_matches(key, hints, n=1)
            hint = f"; did you mean {close[0]!r}?" if close else f"; known: {', '.join(hints)}"
            raise BadSettings(f"{name}: unknown key {path + key!r}{hint}")
        inner = _table_type(hints[key])
        for item in value if isinstance(value, list) else [value]:
            if inner is not None and isinstance(item, dict):
                _check_keys(item, inner, name, f"{path}{key}.")


def _table_type(hint: Any) -> type | None:
    """The dataclass behind a table or an array of tables; None for a plain value."""
    if is_dataclass(hint) and isinstance(hint, type):
        return hint
    if get_origin(hint) in (tuple, list) and get_args(hint) and is_dataclass(get_args(hint)[0]):
        inner: type = get_args(hint)[0]
        return inner
    return None


def _plain(kind: type) -> list[str]:
    hints = get_type_hints(kind)
    lines: list[str] = []
    for f in fields(kind):
        if _table_type(hints[f.name]) is None:
            lines += [*_comment(f), f"{f.name} = {to_toml(_shown(f))}", ""]
    return lines


def _tables(kind: type, path: str) -> list[str]:
    hints = get_type_hints(kind)
    lines: list[str] = []
    for f in fields(kind):
        inner = _table_type(hints[f.name])
        if inner is not None:
            heading = f"{path}{f.name}"
            is_array = not is_dataclass(hints[f.name])
            lines += [*_comment(f), f"[[{heading}]]" if is_array else f"[{heading}]", *_plain(inner)]
            lines += _tables(inner, f"{heading}.")
    return lines


def _comment(f: "Field[Any]") -> list[str]:
    return [f"# {line}" for line in str(f.metadata["doc"]).splitlines()]


def _shown(f: "Field[Any]") -> Any:
    if "example" in f.metadata:
        return f.metadata["example"]
    return f.default_factory() if f.default_factory is not MISSING else f.default


def to_toml(value: Any) -> str:
    """A value as TOML writes it on one line."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, dict):
        return "{" + ", ".join(f"{to_toml(key)} = {to_toml(each)}" for key, each in value.items()) + "}"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(to_toml(v) for v in value) + "]"
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False)  # the strings of both are alike
    return str(value)
