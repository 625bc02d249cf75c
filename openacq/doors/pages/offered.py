"""What a form offers: while it is drawn its fields note what they are called and which codes they know, so
that codes that were typed or are kept can be told in the words of that very form."""

from __future__ import annotations

from collections.abc import Iterable

BETWEEN = "; "
Choices = Iterable[tuple[str, str]]


class Offered:
    """Labels and choices of the fields that were drawn so far, by their names."""

    def __init__(self) -> None:
        self._labels: dict[str, str] = {}
        self._choices: dict[str, Choices] = {}
        self._bare: set[str] = set()

    def note(self, name: str, label: str, choices: Choices = (), *, bare: bool = False) -> str:
        """A field that is called so and knows these (code, words); a `bare` one is told by its words alone.
        Gives "", so that it may stand in a template."""
        self._labels[name] = label
        self._choices[name] = choices
        if bare:
            self._bare.add(name)
        return ""

    def label(self, name: str) -> str:
        """What the form calls a field, "" for one it does not have."""
        return self._labels.get(name, "")

    def told(self, name: str, value: str) -> str:
        """What stands in a field, or several things with semicolons between: words with their code. What the
        field does not know is told as it is."""
        known = {str(code): str(words) for code, words in self._choices.get(name, ())}
        if not known or value in known:
            return self._one(name, value, known)
        return BETWEEN.join(self._one(name, part.strip(), known) for part in value.split(";") if part.strip())

    def _one(self, name: str, code: str, known: dict[str, str]) -> str:
        words = known.get(code, "")
        if not words or words.casefold() == code.casefold():
            return words or code
        return words if name in self._bare or not code else f"{words} ({code})"
