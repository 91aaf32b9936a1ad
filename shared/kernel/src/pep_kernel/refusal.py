"""Saying no. A refusal is an answer, not an accident: its sentence is shown to the person who asked."""


class Refusal(Exception):
    """The rules do not allow it. `sentence` says why, fit for the person who asked; `rules` cites their numbers."""

    def __init__(self, sentence: str, *rules: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.rules = rules


class NotFound(Exception):
    """There is no such thing here. Another authority's child, plan or payment is also simply not here."""
