"""The starter catalogue that the product brings along: read from its file once, and never written."""

import csv
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from accounts.enums import Language
from touchpoints.enums import Contact, Media, Medium, Phase, Relation

FILE = Path(__file__).parent / "catalogues" / "starter.csv"


@dataclass(frozen=True)
class StarterEntry:
    """One typical touchpoint, in both languages."""

    number: str
    phase: Phase
    names: dict[str, str]
    descriptions: dict[str, str]
    medium: Medium
    relation: Relation
    media: Media
    contact: Contact

    def name(self, language: str) -> str:
        """Return the name in ``language``, or in English where it is another one."""
        return self.names.get(language, self.names[Language.ENGLISH])

    def description(self, language: str) -> str:
        """Return the customer's words in ``language``, or in English where it is another one."""
        return self.descriptions.get(language, self.descriptions[Language.ENGLISH])


def read_entry(row: dict[str, str]) -> StarterEntry:
    """Turn a row of the file into an entry; a word outside the closed lists is a ValueError."""
    return StarterEntry(
        number=row["number"],
        phase=Phase(row["phase"]),
        names={language: row[f"name_{language}"] for language in Language.values},
        descriptions={language: row[f"description_{language}"] for language in Language.values},
        medium=Medium(row["channel"]),
        relation=Relation(row["relation"]),
        media=Media(row["media"]),
        contact=Contact(row["contact"]),
    )


@lru_cache(maxsize=1)
def starter_entries() -> tuple[StarterEntry, ...]:
    """Return the entries in the order of the phases and, inside a phase, of the customer's way."""
    with FILE.open(encoding="utf-8", newline="") as file:
        return tuple(read_entry(row) for row in csv.DictReader(file))
