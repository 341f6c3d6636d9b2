"""Structured logs that never hold codes, names or free text."""

import json
import logging
import traceback
from contextvars import ContextVar
from datetime import UTC, datetime

request_id: ContextVar[str] = ContextVar("request_id", default="")

# Loggers whose messages quote paths or addresses; of these only the level, the logger and the traceback are kept.
MESSAGES_LEFT_OUT = ("django.request", "django.security", "django.server")


class RequestIdFilter(logging.Filter):
    """Adds the id of the request that is being answered, the one its error page shows."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.request_id = request_id.get()
        return True


class JsonFormatter(logging.Formatter):
    """One JSON object a line: at, level, logger, request, message, and where it broke (no local values)."""

    def format(self, record: logging.LogRecord) -> str:
        entry = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "request": getattr(record, "request_id", ""),
        }
        if not record.name.startswith(MESSAGES_LEFT_OUT):
            entry["message"] = record.getMessage()
        if record.exc_info and record.exc_info[0]:
            entry["error"] = record.exc_info[0].__name__
            entry["where"] = [
                f"{frame.filename}:{frame.lineno} {frame.name}" for frame in traceback.extract_tb(record.exc_info[2])
            ]
        return json.dumps(
            entry
        )  # in ASCII: no character of a message steers a terminal, or is one that cannot be written
