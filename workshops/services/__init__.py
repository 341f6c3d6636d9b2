"""Everything that changes a workshop. Services bump the version and announce on commit what changed."""

from workshops.services.activities import (
    extend_activity,
    open_activity,
    pause_activity,
    plan_activity,
    remove_activity,
    resume_activity,
    update_activity,
)
from workshops.services.answers import REASON_LENGTH, RatingRefused
from workshops.services.ballots import SavedRating, rate_station
from workshops.services.baselines import freeze_ist
from workshops.services.deadlines import change_deadline, end_answers, open_in_advance
from workshops.services.measures import (
    TouchpointsGone,
    create_measure,
    remove_measure,
    set_measure_status,
    update_measure,
)
from workshops.services.participants import (
    erase_guest,
    erase_guests,
    hash_token,
    join_workshop,
    leave_workshop,
    mark_seen,
    mark_spectators,
    remove_participant,
    set_does_not_rate,
)
from workshops.services.reminders import request_reminder, send_reminder
from workshops.services.reveals import hide_result, reveal_activity, reveal_block, show_result
from workshops.services.rounds import discard_round, start_round
from workshops.services.steering import ActionRefused, begin_steering, take_over
from workshops.services.tables import TableGone, create_table, remove_table, update_table
from workshops.services.traces import erase_former_people, erase_traces
from workshops.services.workshops import close_workshop, create_workshop, update_workshop

__all__ = [
    "REASON_LENGTH",
    "ActionRefused",
    "RatingRefused",
    "SavedRating",
    "TableGone",
    "TouchpointsGone",
    "begin_steering",
    "change_deadline",
    "close_workshop",
    "create_measure",
    "create_table",
    "create_workshop",
    "discard_round",
    "end_answers",
    "erase_former_people",
    "erase_guest",
    "erase_guests",
    "erase_traces",
    "extend_activity",
    "freeze_ist",
    "hash_token",
    "hide_result",
    "join_workshop",
    "leave_workshop",
    "mark_seen",
    "mark_spectators",
    "open_activity",
    "open_in_advance",
    "pause_activity",
    "plan_activity",
    "rate_station",
    "remove_activity",
    "remove_measure",
    "remove_participant",
    "remove_table",
    "request_reminder",
    "resume_activity",
    "reveal_activity",
    "reveal_block",
    "send_reminder",
    "set_does_not_rate",
    "set_measure_status",
    "show_result",
    "start_round",
    "take_over",
    "update_activity",
    "update_measure",
    "update_table",
    "update_workshop",
]
