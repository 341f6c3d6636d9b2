"""Touchpoints as a CSV file, there and back: see docs/decisions on the exchange format.

``reading`` turns bytes into rows, ``headings`` and ``entries`` recognise what people write, ``checking`` turns rows
into touchpoints or reasons, ``writing`` is the export. None of them touches the database.
"""
