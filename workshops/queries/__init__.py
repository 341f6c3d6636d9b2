"""What pages read: frozen dataclasses, assembled without writing anything."""

from workshops.queries.ballots import BallotState, BallotStation, TapState, ballot_state, tap_state
from workshops.queries.counts import RoomCounts, Stage, read_counts
from workshops.queries.guests import Guest, guests_with_names
from workshops.queries.people import PeopleHere, Person, departments_rating, fewer_than_three_here, people_here
from workshops.queries.results import (
    BlockResult,
    NamedAnswer,
    Reason,
    Result,
    StationResult,
    activity_result,
    frozen_result,
    named_answers,
    workshop_result,
)
from workshops.queries.room import DepartmentCount, RoomState, RunningBlock, Timer, room_state

__all__ = [
    "BallotState",
    "BallotStation",
    "BlockResult",
    "DepartmentCount",
    "Guest",
    "NamedAnswer",
    "PeopleHere",
    "Person",
    "Reason",
    "Result",
    "RoomCounts",
    "RoomState",
    "RunningBlock",
    "Stage",
    "StationResult",
    "TapState",
    "Timer",
    "activity_result",
    "ballot_state",
    "departments_rating",
    "fewer_than_three_here",
    "frozen_result",
    "guests_with_names",
    "named_answers",
    "people_here",
    "read_counts",
    "room_state",
    "tap_state",
    "workshop_result",
]
