"""A program of its own: an SVG on the standard input becomes a PNG on the standard output.

Run by ``workshops.exports.picture`` and imported by nobody. resvg holds Python's lock while it draws, for most of a
second, and all streams of a server process would stand still meanwhile. Here it has a process to itself, which may even
crash without taking anything along. It loads nothing of the application.
"""

import sys

import resvg_py


def main() -> None:
    """Draw at the size that the first argument says, as a factor; text in Inter, or whatever the machine has."""
    svg = sys.stdin.buffer.read().decode()
    drawn = resvg_py.svg_to_bytes(
        svg_string=svg, zoom=float(sys.argv[1]), font_family="Inter", sans_serif_family="Inter"
    )
    sys.stdout.buffer.write(bytes(drawn))


if __name__ == "__main__":
    main()
