"""Who may, in the workshops app (design.md, "Roles, doors, and who sees what")."""

from __future__ import annotations

from accounts.models import Membership
from workshops.enums import WorkshopState
from workshops.models import Measure, Participant, Workshop


def can_moderate_workshop(member: Membership) -> bool:
    """Whether ``member`` plans and runs workshops, freezes an Ist, and sees who is in the room."""
    return member.moderates


def can_read_results(member: Membership, workshop: Workshop) -> bool:
    """Whether ``member`` reads revealed results outside the room: employees only once the workshop is closed."""
    return member.reads_results or workshop.state == WorkshopState.CLOSED


def can_read_reasons(member: Membership, workshop: Workshop) -> bool:
    """Whether ``member`` reads the reasons, always without names: employees only if they were in the room."""
    return member.reads_results or Participant.objects.filter(workshop=workshop, membership=member).exists()


def can_read_named_answers(member: Membership) -> bool:
    """Whether ``member`` reads who answered what in a block with names; managers do not."""
    return member.moderates


def can_export_results(member: Membership) -> bool:
    """Whether ``member`` downloads results and reports."""
    return member.reads_results


def can_edit_measures(member: Membership) -> bool:
    """Whether ``member`` plans, changes and removes measures. Every member reads them: they carry no rating."""
    return member.moderates


def can_set_measure_status(member: Membership, measure: Measure) -> bool:
    """Whether ``member`` says where ``measure`` stands: who edits, and in any role whoever is responsible for it."""
    return member.moderates or measure.responsible_id == member.pk


def can_export_measures(member: Membership) -> bool:
    """Whether ``member`` takes the measures out of the tool as a file."""
    return member.reads_results
