"""Streams that are written to from outside.

A chunk of a streaming response passes three generators and a task of its own before a server has it, which costs five
times as much as writing it. Where the same chunk goes to a hundred streams at once, that is most of what it costs.
"""

from __future__ import annotations

from collections.abc import Generator
from typing import Any

from django.http import StreamingHttpResponse

from config.uploads import Send


class Rest:
    """A write that its line has not taken at once; whoever awaits it waits until the line has."""

    def __init__(self, steps: Generator[Any, Any, None], waits_for: Any) -> None:
        self.steps, self.waits_for = steps, waits_for

    def __await__(self) -> Generator[Any, Any, None]:
        try:
            yield self.waits_for
        except BaseException:
            self.steps.close()
            raise
        yield from self.steps


class Line:
    """What lies below a response; ``send`` is None until it is being answered, or where a server gives none."""

    def __init__(self) -> None:
        self.send: Send | None = None

    def write(self, chunk: bytes) -> Rest | None:
        """Write a chunk of the body now, and return what is left to be awaited, or None.

        Only between two chunks of the response, in its event loop. Raises OSError or RuntimeError when nothing can be
        written any more.
        """
        assert self.send is not None  # noqa: S101 - narrows the type; the caller has asked
        steps = self.send({"type": "http.response.body", "body": chunk, "more_body": True}).__await__()
        try:
            # The first step goes as far as the server can without waiting: nearly always to the end.
            waits_for = next(steps)
        except StopIteration:
            return None
        return Rest(steps, waits_for)


class WrittenResponse(StreamingHttpResponse):
    """A streaming response that can be written to through its ``line`` as well, once TurnsHandler answers with it."""

    def __init__(self, *arguments: Any, line: Line, **more: Any) -> None:
        super().__init__(*arguments, **more)
        self.line = line
