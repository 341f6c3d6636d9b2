"""The console: where the workshop stands, and the one next step with the sentence that says what it does."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import Membership
from workshops.enums import WorkshopState
from workshops.figures import MIN_GROUP
from workshops.models import Activity, Baseline, Workshop
from workshops.queries.agenda import Block, blocks_of
from workshops.queries.counts import Stage
from workshops.queries.room import RoomState, Timer, room_state
from workshops.queries.tables import TableRow, table_rows
from workshops.queries.turnout import discard_problem


@dataclass(frozen=True)
class Running:
    """The block that runs or pauses."""

    block: Block
    timer: Timer
    is_paused: bool
    # What else is planned has to wait; said only of a block in advance, which may run for weeks.
    holds_up: str = ""

    @property
    def clock(self) -> str:
        """What changes whenever somebody moves the timer; the "+1 min" form carries it against double clicks."""
        return clock_stamp(self.timer)


@dataclass(frozen=True)
class NextStep:
    """The one obvious button. It posts, or asks first, or simply leads somewhere."""

    label: str
    note: str
    url: str
    posts: bool = False
    asks: bool = False
    # Drops a planned deadline: the block opens with its timer.
    in_meeting: bool = False


@dataclass(frozen=True)
class ConsoleState:
    """Everything on the console besides people's names."""

    version: int
    # Seconds since 1970 as text, so that no language writes a comma into it.
    now: str
    room: RoomState
    journey: str
    blocks: tuple[Block, ...]
    running: Running | None
    now_words: str
    title: str
    steers: bool
    steering_words: str
    next: NextStep
    # The block whose result is on the screens.
    shown: UUID | None
    to_show: UUID | None
    # Whether the result of any revealed block can be put there now.
    may_show: bool
    # The block that can be asked once more: the one that is shown, else the one revealed last.
    again: Block | None
    # Whether the running block is a further round that nearly nobody has rated yet.
    may_discard: bool
    warning: str
    warning_url: str
    # Where the coming block can be opened in advance instead; empty while a block runs.
    advance_url: str
    # Tables without devices, of the running block.
    tables: tuple[TableRow, ...]


def console_state(workshop: Workshop, member: Membership) -> ConsoleState:
    """The console of a workshop that was loaded with journey, organisation and who steers, as ``member`` sees it."""
    room = room_state(workshop)
    blocks = blocks_of(room.agenda)
    running = _running(room, blocks)
    # Another console may have discarded the round in this moment.
    activity = Activity.objects.filter(code=running.block.code).first() if running else None
    shown = _shown(workshop, room, blocks)
    coming = next((block for block in blocks if block.is_planned), None)
    revealed = [block for block in blocks if block.is_revealed]
    warning = few_people(room.joined, coming) if running is None and not (coming and coming.until) else ""
    return ConsoleState(
        version=room.version,
        now=f"{timezone.now().timestamp():.3f}",
        room=room,
        journey=workshop.cycle.journey.name,
        blocks=blocks,
        running=running,
        now_words=_now_words(room, running, shown),
        title=_title(room, running, shown, coming),
        steers=workshop.steered_by_id in (None, member.pk) or room.stage == Stage.CLOSED,
        steering_words=_steering_words(workshop),
        next=_Step(workshop, running, coming, bool(revealed)).next(),
        shown=shown.code if shown else None,
        to_show=revealed[-1].code if revealed and room.stage == Stage.WAITING else None,
        may_show=room.stage in (Stage.WAITING, Stage.RESULT),
        again=_again(room, shown, revealed),
        may_discard=activity is not None and activity.round > 1 and not discard_problem(activity),
        warning=warning,
        warning_url=_url("activity_edit", workshop, coming.code) if warning and coming else "",
        advance_url=_url("activity_deadline", workshop, coming.code) if coming and running is None else "",
        tables=table_rows(activity) if activity else (),
    )


def _again(room: RoomState, shown: Block | None, revealed: list[Block]) -> Block | None:
    if room.stage not in (Stage.WAITING, Stage.RESULT):
        return None
    block = shown or next(reversed(revealed), None)
    return block if block is not None and block.may_go_round else None


def few_people(raters: int, coming: Block | None) -> str:
    """With one or two, "anonymous" would be a lie: the moderator reads it before the start."""
    if coming is None or coming.is_named or not 0 < raters < MIN_GROUP:
        return ""
    here = ngettext("Only %(count)d person rates so far.", "Only %(count)d people rate so far.", raters)
    return (
        here % {"count": raters}
        + " "
        + _(
            "With fewer than three, anybody could tell who rated what, so an anonymous block shows no figures. "
            "Only a block with names is honest then."
        )
    )


def clock_stamp(timer: Timer | None) -> str:
    """One text per position of the timer."""
    if timer is None:
        return ""
    return timer.ends_at.isoformat() if timer.ends_at else f"paused {timer.seconds_left}"


def _running(room: RoomState, blocks: tuple[Block, ...]) -> Running | None:
    if room.block is None or room.stage not in (Stage.RUNNING, Stage.PAUSED, Stage.ENDED):
        return None
    block = blocks[room.block.number - 1]
    holds_up = _holds_up(block) if room.next_block else ""
    return Running(block, room.timer or Timer(None, None), room.stage == Stage.PAUSED, holds_up)


def _holds_up(block: Block) -> str:
    if not block.until:
        return ""
    return _(
        "One block runs at a time. “%(title)s” was opened in advance; the next block can be opened once it is revealed."
    ) % {"title": block.title}


def _shown(workshop: Workshop, room: RoomState, blocks: tuple[Block, ...]) -> Block | None:
    if room.stage != Stage.RESULT or workshop.shown_activity is None:
        return None
    return next((block for block in blocks if block.code == workshop.shown_activity.code), None)


def _steering_words(workshop: Workshop) -> str:
    if workshop.steered_by is None:
        return ""
    return _("%(name)s is steering now.") % {"name": workshop.steered_by.user}


def _now_words(room: RoomState, running: Running | None, shown: Block | None) -> str:
    if room.stage == Stage.CLOSED:
        return _("The workshop is closed")
    current = running.block if running else shown
    if current is None:
        return _("No block is running") if room.blocks else _("Nothing is planned yet")
    words = {
        Stage.RUNNING: _("Block %(number)d of %(total)d · open in advance")
        if room.in_advance
        else _("Block %(number)d of %(total)d · running"),
        Stage.ENDED: _("Block %(number)d of %(total)d · the deadline has passed"),
        Stage.PAUSED: _("Block %(number)d of %(total)d · paused"),
        Stage.RESULT: _("Block %(number)d of %(total)d · revealed, everybody sees the curve"),
    }
    return words[room.stage] % {"number": current.number, "total": room.blocks}


def _title(room: RoomState, running: Running | None, shown: Block | None, coming: Block | None) -> str:
    if room.stage == Stage.CLOSED:
        return room.title
    current = (running.block if running else None) or shown or coming
    return current.title if current else _("All blocks are revealed") if room.blocks else _("The agenda is empty")


@dataclass(frozen=True)
class _Step:
    """From where the workshop stands to its one next step."""

    workshop: Workshop
    running: Running | None
    coming: Block | None
    has_results: bool

    def next(self) -> NextStep:
        if self.running is not None:
            return self._go_on(self.running)
        if self.workshop.state == WorkshopState.CLOSED:
            return self._read()
        if self.coming is not None:
            return self._open(self.coming)
        return self._freeze() if self.has_results else self._plan()

    def _go_on(self, running: Running) -> NextStep:
        if running.is_paused:
            return self._resume(running)
        return self._remind(running) if running.block.until and not running.block.is_over else self._reveal(running)

    def _remind(self, running: Running) -> NextStep:
        return NextStep(
            _("Invite and remind"),
            _("Who has not finished, a mail to members, and the same text to copy for guests."),
            _url("activity_remind", self.workshop, running.block.code),
        )

    def _reveal(self, running: Running) -> NextStep:
        return NextStep(
            _("Reveal"),
            _("You are asked once more. Then everybody sees the curve, and no answer can be changed any more."),
            _url("activity_reveal", self.workshop, running.block.code),
            asks=True,
        )

    def _resume(self, running: Running) -> NextStep:
        return NextStep(
            _("Go on with rating"),
            _("The phones show the stations again, and the timer goes on. You can pause again at any time."),
            _url("activity_resume", self.workshop, running.block.code),
            posts=True,
        )

    def _open(self, block: Block) -> NextStep:
        what = ngettext(
            "Everybody gets %(count)d station on their phone.",
            "Everybody gets %(count)d stations on their phone.",
            block.stations,
        ) % {"count": block.stations}
        if block.until and not block.is_over:
            return self._open_in_advance(block, what)
        note = _("You can pause at any time; once opened, the block ends by revealing.")
        if block.is_over:
            passed = _("The deadline planned for it has passed, so the block opens for the meeting, with its timer.")
            note = f"{passed} {note}"
        label = _("Next: %(title)s") % {"title": block.title} if self.has_results else _("Start rating")
        url = _url("activity_open", self.workshop, block.code)
        return NextStep(label, f"{what} {note}", url, posts=True, in_meeting=block.is_over)

    def _open_in_advance(self, block: Block, what: str) -> NextStep:
        note = _("Answers are taken until %(until)s, without you; you reveal afterwards.")
        return NextStep(
            _("Open in advance"),
            f"{what} {note % {'until': block.until_words}}",
            _url("activity_open", self.workshop, block.code),
            posts=True,
        )

    def _freeze(self) -> NextStep:
        return NextStep(
            _("Record the Ist"),
            _("You are asked once more. The result is kept with today’s date, and the workshop ends."),
            _url("ist_freeze", self.workshop),
        )

    def _plan(self) -> NextStep:
        return NextStep(
            _("To the plan"),
            _("There is no block to run yet. Choose the stations first; the room stays open meanwhile."),
            _url("workshop_detail", self.workshop),
        )

    def _read(self) -> NextStep:
        frozen = Baseline.objects.filter(workshop=self.workshop).first()
        if frozen is not None:
            url = _url("baseline_detail", self.workshop, frozen.code)
            return NextStep(
                _("To the Ist baseline"), _("It was recorded when the workshop ended and never changes."), url
            )
        url = _url("workshop_result" if self.has_results else "workshop_detail", self.workshop)
        return NextStep(_("To the result"), _("Nothing can be rated here any more."), url)


def _url(name: str, workshop: Workshop, code: UUID | None = None) -> str:
    return reverse(f"workshops:{name}", kwargs={"org": workshop.organisation.slug, "code": code or workshop.code})
