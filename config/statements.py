"""Statements that are asked all the time, which PostgreSQL reads and plans once a connection.

A look-up of one row by its key takes it a fifth of a millisecond, of which four fifths are reading and planning. Where
a room taps, that is most of what a tap costs. Django writes the values into every statement, so that each is a new one;
it offers the other way for all statements or none, and what its query builder repeats does not always bear it.
"""

from django.db import connection
from django.db.backends.postgresql.base import ServerBindingCursor
from django.db.backends.utils import CursorWrapper


def prepared_cursor() -> CursorWrapper:
    """A cursor for a statement written out, whose values travel beside it; from the fifth time on it is prepared.

    Otherwise like ``connection.cursor()``: in the same transaction, and seen by whoever counts queries.
    """
    connection.ensure_connection()
    psycopg = connection.connection
    usual, psycopg.cursor_factory = psycopg.cursor_factory, ServerBindingCursor
    try:
        return connection.cursor()
    finally:
        psycopg.cursor_factory = usual
