"""What a room needs from the rooms above it, which it must not import: they register it when the program starts.

    OBJECTIONS: Hook[Objection] = Hook()        # incidents/switching/queries.py, where they are asked
    OBJECTIONS.register(objection_to_switch)    # early_warnings/hooks.py, which early_warnings/apps.py imports

docs/architecture.md lists every hook and the rooms that fill it. What lies below is called, not registered.
"""

from typing import Generic, TypeVar

Given = TypeVar("Given")


class Hook(list[Given], Generic[Given]):
    """What was registered, in that order."""

    def register(self, given: Given) -> None:
        """Add it. A second time changes nothing."""
        if given not in self:
            self.append(given)


class NamedHook(dict[str, Given], Generic[Given]):
    """What was registered, by name: a plan or a row in the database says which one it means."""

    def register(self, name: str, given: Given) -> None:
        """Add it under that name. The same again changes nothing; ValueError for another one under the name."""
        if self.setdefault(name, given) != given:
            raise ValueError(f"{name} is registered twice: {self[name]} and {given}")
