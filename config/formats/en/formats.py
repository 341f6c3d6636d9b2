"""How English writes dates: day before month, the month as a word, 24 hours.

Most who read English here sit in Europe, some not: 11/12/2026 would be two days, so no date in figures is written, and
none is taken. Django asks here first and takes what is left out, such as how numbers are written, from its own English.
"""

DATE_FORMAT = "j F Y"
SHORT_DATE_FORMAT = "j M Y"
TIME_FORMAT = "H:i"
DATETIME_FORMAT = "j F Y, H:i"
SHORT_DATETIME_FORMAT = "j M Y, H:i"
MONTH_DAY_FORMAT = "j F"
FIRST_DAY_OF_WEEK = 1  # Monday

# What is shown can be typed again; the ISO way, which a browser's own control sends, Django adds to both.
DATE_INPUT_FORMATS = ["%d %B %Y", "%d %b %Y"]
DATETIME_INPUT_FORMATS = ["%d %B %Y, %H:%M", "%d %b %Y, %H:%M"]
