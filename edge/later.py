"""Modules that a library imports at its start and a process never uses: loaded when somebody first looks into one.

What `lazy import` of Python 3.15 (PEP 810) does for one's own imports, done for those of others. Unlike with the
standard library's LazyLoader, a module may be imported any number of times without being loaded.
"""

import sys
from collections.abc import Sequence
from importlib.machinery import ModuleSpec, PathFinder, SourceFileLoader
from threading import RLock
from types import ModuleType

_lock = RLock()


def load_later(*names: str) -> None:
    """Load these Python modules at the first look into each. Those that are loaded already stay as they are."""
    sys.meta_path.insert(0, _Finder(frozenset(names)))


class _Finder:
    """Finds what the interpreter finds, and hands it out unread."""

    def __init__(self, names: frozenset[str]) -> None:
        self._names = names

    def find_spec(self, name: str, path: Sequence[str] | None, target: ModuleType | None = None) -> ModuleSpec | None:
        spec = PathFinder.find_spec(name, path, target) if name in self._names else None
        if spec is not None and isinstance(spec.loader, SourceFileLoader):
            spec.loader = _Later(spec.loader.name, spec.loader.path)
        return spec


class _Later(SourceFileLoader):
    """Leaves a module empty but for what the interpreter writes into each: its name, its file, its folder."""

    is_read = False

    def exec_module(self, module: ModuleType) -> None:
        module.__class__ = _Unread

    def read(self, module: ModuleType) -> None:
        """Run the module's code, once; while it runs it may look into itself."""
        with _lock:
            if self.is_read:
                return
            self.is_read = True
            try:
                super().exec_module(module)
            except BaseException:
                self.is_read = False
                raise
            module.__class__ = ModuleType


class _Unread(ModuleType):
    """Becomes the module it stands for as soon as it is asked for a name that it has not."""

    def __getattr__(self, name: str) -> object:
        spec = self.__spec__
        if spec is not None and isinstance(spec.loader, _Later):
            spec.loader.read(self)
        return ModuleType.__getattribute__(self, name)
