"""Touchpoints as a CSV file or an Excel workbook, there and back: see docs/decisions on the exchange format.

``reading`` turns bytes into rows, ``headings`` and ``entries`` recognise what people write, ``checking`` turns rows
into touchpoints or reasons, ``writing`` is the export. The ``workbook_…`` modules do the same for Excel,
and ``tables`` is what both are read into. None of them touches the database.
"""
