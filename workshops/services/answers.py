"""What one tap says about a station, and which of it is taken. Nothing here reads or writes the database."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from workshops.enums import SCALE_VALUES, Drawer, Mode, Scale
from workshops.models import Activity

REASON_LENGTH = 500


class RatingRefused(Exception):
    """A rating that is not taken; the message is a translated sentence for the phone.

    ``code``: one of ``REFUSALS`` in ``ballots`` about the situation; no_answer, reason_too_long about what was sent.
    """

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message


@dataclass(frozen=True)
class GivenAnswer:
    """What one tap says about a station. ``reason`` None leaves a reason given before.

    ``scales`` holds the scales of full mode that were tapped, and is None in quick mode.
    """

    drawer: Drawer | None = None
    cannot_judge: bool = False
    reason: str | None = None
    scales: Mapping[str, int] | None = None

    @property
    def is_complete(self) -> bool:
        """Whether it is an answer, and not only the reason for one given before."""
        return self.drawer is not None or self.cannot_judge or bool(self.scales)

    @property
    def changes(self) -> dict[str, Any]:
        """What it writes over an earlier answer, in the form that ``Ballot.answers`` describes; without the scales."""
        answer: dict[str, Any] = {}
        if self.is_complete:
            answer["cannot_judge"] = self.cannot_judge
        if self.is_complete and (self.scales is None or self.cannot_judge or Scale.EXPERIENCE in self.scales):
            answer["drawer"] = self.drawer
        return answer if self.reason is None else {**answer, "reason": self.reason}

    @property
    def blank(self) -> dict[str, Any]:
        """What a station without an answer begins with."""
        return {"reason": ""} if self.scales is None else {"reason": "", "drawer": None, "scales": {}}


def checked_answer(
    activity: Activity,
    *,
    drawer: Drawer | int | None,
    cannot_judge: bool,
    reason: str | None,
    scales: Mapping[str, int] | None,
) -> GivenAnswer:
    """What was sent, if it is an answer in the block's mode; RatingRefused with a sentence otherwise."""
    reason = checked_reason(reason)
    kept = reason if activity.asks_reason else None
    may_be_empty = cannot_judge or reason is not None
    if activity.mode == Mode.FULL:
        given = checked_scales(activity, scales or {}, may_be_empty=may_be_empty)
        if drawer is not None or (cannot_judge and given):
            raise no_answer(activity)
        experience = given.get(Scale.EXPERIENCE)
        return GivenAnswer(
            None if experience is None else drawer_of(activity, experience), cannot_judge, kept, scales=given
        )
    if scales:
        raise no_answer(activity)
    return GivenAnswer(checked_drawer(activity, drawer, cannot_judge, may_be_empty=may_be_empty), cannot_judge, kept)


def checked_reason(reason: str | None) -> str | None:
    """The trimmed reason; one that is too long is refused, never cut."""
    if reason is None:
        return None
    reason = reason.replace("\x00", "").strip()
    if len(reason) > REASON_LENGTH:
        raise RatingRefused(
            "reason_too_long",
            _("The reason has %(length)d characters; %(limit)d fit. Please shorten it; nothing of it is lost.")
            % {"length": len(reason), "limit": REASON_LENGTH},
        )
    return reason


def checked_drawer(activity: Activity, drawer: int | None, cannot_judge: bool, *, may_be_empty: bool) -> Drawer | None:
    """The drawer as such; anything but one of the three, or none beside “cannot judge” or a reason, is refused."""
    if (drawer is None and may_be_empty) or (drawer in Drawer.values and not cannot_judge):
        return None if drawer is None else Drawer(drawer)
    raise no_answer(activity)


def checked_scales(activity: Activity, scales: Mapping[str, int], *, may_be_empty: bool) -> dict[str, int]:
    """The tapped scales; another name or a number outside 0 to 10 is refused, and so is none without anything else."""
    if not scales and not may_be_empty:
        raise no_answer(activity)
    if any(name not in Scale.values or value not in SCALE_VALUES for name, value in scales.items()):
        raise no_answer(activity)
    return {str(Scale(name)): int(value) for name, value in scales.items()}


def drawer_of(activity: Activity, experience: int) -> Drawer:
    """The drawer of an experience from 0 to 10 by the cut points with which the block was opened."""
    if experience < activity.cut_ok:
        return Drawer.DISAPPOINTING
    return Drawer.OK if experience < activity.cut_delight else Drawer.DELIGHTING


def no_answer(activity: Activity) -> RatingRefused:
    """Nothing was sent that counts as an answer in this block."""
    if activity.mode == Mode.FULL:
        return RatingRefused("no_answer", _("Please choose a number from 0 to 10 or “cannot judge”."))
    return RatingRefused("no_answer", _("Please choose one of the three answers or “cannot judge”."))
