"""Which names probably mean the same touchpoint. No query here, and no index of the database: 2,000 names in memory.

Names are compared as sorted words without case, accents and small words, by difflib. Comparing all pairs of 2,000
names would be two million comparisons; only names that share the beginning of a rare word are compared at all.
"""

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import lru_cache
from itertools import combinations

# From so much agreement on (difflib's ratio, 0 to 1) two names are shown as similar.
SIMILAR = 0.84
# The beginning of a word that stands in more names than this tells nothing, and costs a square of comparisons.
RARE = 40
# So many pairs are compared at most, those of the rarest words first.
MOST_PAIRS = 20_000

Words = tuple[str, ...]

UMLAUTS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue"})
ARTICLES = (
    "der die das den dem des ein eine einen einem einer eines und oder in im am an auf aus bei beim mit nach von vom "
    "vor zu zum zur fuer ueber ich wir the a and or on at of for from to with by my our i we"
)
SMALL_WORDS = frozenset(ARTICLES.split(" "))


@dataclass(frozen=True)
class Named:
    """A touchpoint as it is compared."""

    pk: int
    phase: str
    name: str


@dataclass(frozen=True)
class Likeness:
    """Two touchpoints, the older one first, and how much their names agree (0 to 1; 1 is the same name)."""

    first: Named
    second: Named
    score: float

    @property
    def is_same_name(self) -> bool:
        """Whether nothing but small words, case and order tells them apart."""
        return self.score == 1

    @property
    def is_same_phase(self) -> bool:
        """Whether both stand in the same phase."""
        return self.first.phase == self.second.phase


@lru_cache(maxsize=32_768)
def plain_words(name: str) -> Words:
    """Return the words of a name as they are compared, in their order; a name without any is one word."""
    text = unicodedata.normalize("NFKD", name.casefold().translate(UMLAUTS))
    text = "".join(character for character in text if not unicodedata.combining(character))
    found = re.findall(r"\w+", text)
    return tuple(word for word in found if word not in SMALL_WORDS) or tuple(found) or (name.casefold().strip(),)


def likely_duplicates(rows: Sequence[Named]) -> list[Likeness]:
    """Return the pairs with the same or a similar name: the same name first, inside a phase before across phases."""
    ordered = sorted(rows, key=lambda row: row.pk)
    words = [plain_words(row.name) for row in ordered]
    found = []
    for left, right in pairs_to_compare(words):
        if score := likeness(words[left], words[right]):
            found.append(Likeness(ordered[left], ordered[right], score))
    return sorted(found, key=lambda pair: (-pair.score, not pair.is_same_phase, pair.first.pk, pair.second.pk))


def pairs_to_compare(names: Sequence[Words]) -> Iterator[tuple[int, int]]:
    """Return the places of names that share all words or the beginning of a rare one, each pair once."""
    places: dict[str, list[int]] = defaultdict(list)
    for place, words in enumerate(names):
        # The beginning without spaces finds “News letter” beside “Newsletter”; all words together find equals anywhere.
        for key in {f"={text_of(words)}", *(word[:4] for word in words), "".join(words)[:6]}:
            places[key].append(place)
    seen: set[tuple[int, int]] = set()
    for key in sorted(places, key=lambda key: (not key.startswith("="), len(places[key]), key)):
        for pair in combinations(group_of(key, places[key]), 2):
            if pair not in seen and len(seen) < MOST_PAIRS:
                seen.add(pair)
                yield pair


def group_of(key: str, places: list[int]) -> list[int]:
    """Return the names that are compared because they share ``key``: of too many equal ones the oldest, of names that
    share no more than the beginning of a frequent word none."""
    if len(places) <= RARE:
        return places
    return places[:RARE] if key.startswith("=") else []


def text_of(words: Words) -> str:
    """Return the words in one line, in alphabetical order."""
    return " ".join(sorted(words))


def likeness(left: Words, right: Words) -> float:
    """Return how much two names agree, or 0 where it is not enough; names that differ in a number are two."""
    first, second = text_of(left), text_of(right)
    if first == second:
        return 1.0
    if re.findall(r"\d+", first) != re.findall(r"\d+", second):
        return 0.0
    if "".join(left) == "".join(right):
        return 0.99
    matcher = SequenceMatcher(None, first, second, autojunk=False)
    if matcher.real_quick_ratio() < SIMILAR or matcher.quick_ratio() < SIMILAR:
        return 0.0
    score = matcher.ratio()
    return score if score >= SIMILAR else 0.0
