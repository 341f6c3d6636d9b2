"""What reveal makes of ballots: per station how often each answer was given, and the reasons in random order.

Answers that were entered for tables are counted in the same statement, so that every row is written once: a row that
got them later would leave a dead version with the phones' counts alone, and the difference is what was typed.

An anonymous ballot ends here, so afterwards nothing says what one person answered at two stations, and a ballot with a
gap is nobody's. In a block with names, which said so before the first tap, ballots stay with their persons beside it.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

from django.db import connection

from workshops.enums import SCALE_VALUES, Mode, RaterGroup, Scale
from workshops.models import Activity, ActivityStation, Ballot, Participation, StationTally

# Once read, an anonymous ballot is gone.
END = "DELETE FROM {ballot} WHERE activity_id = %(activity)s RETURNING rater_group, answers"
# With names it stays, without the key of its device, and without what was written beside “cannot judge”.
KEEP = """
    UPDATE {ballot} SET secret_hash = '', answers = (
        SELECT coalesce(jsonb_object_agg(key, CASE WHEN value -> 'drawer' = 'null' THEN value || '{{"reason": ""}}'
                                              ELSE value END), '{{}}')
        FROM jsonb_each(answers)
    )
    WHERE activity_id = %(activity)s RETURNING rater_group, answers
"""
# How often each number from 0 to 10 was given on one scale.
HISTOGRAM = ", ".join(f"count(*) FILTER (WHERE value = {value})" for value in SCALE_VALUES)
TALLY = """
    WITH ended AS ({end}), given AS (
        SELECT key::bigint AS station_id, rater_group, (value ->> 'drawer')::int AS drawer,
               value ->> 'reason' AS reason, value -> 'scales' AS scales
        FROM ended, jsonb_each(ended.answers)
    ), entered AS (
        SELECT * FROM jsonb_to_recordset(%(entered)s::jsonb) AS each (
            station_id bigint, disappointing int, fine int, delighting int, unable int,
            at_table int, unable_at_table int, scales jsonb, scales_at_table jsonb, between_tables jsonb
        )
    ), counted AS (
        SELECT station_id, rater_group, scale, jsonb_build_array({histogram}) AS counts
        FROM (
            SELECT station_id, rater_group, scale, (scales ->> scale)::int AS value
            FROM given, unnest(%(scales)s::text[]) AS scale
            UNION ALL
            SELECT station_id, %(group)s, scale, value::int
            FROM entered, jsonb_each(entered.scales) AS typed (scale, numbers),
                 jsonb_array_elements_text(numbers) AS value
        ) AS taps
        GROUP BY station_id, rater_group, scale
    ), histograms AS (
        SELECT station_id, rater_group, jsonb_object_agg(scale, counts) AS scales
        FROM counted GROUP BY station_id, rater_group
    ), drawers AS (
        SELECT station_id, rater_group,
               count(*) FILTER (WHERE drawer = 0) AS disappointing, count(*) FILTER (WHERE drawer = 5) AS fine,
               count(*) FILTER (WHERE drawer = 10) AS delighting, count(drawer) AS rated,
               coalesce(
                   jsonb_agg(jsonb_build_object('text', reason, 'drawer', drawer) ORDER BY gen_random_uuid())
                   FILTER (WHERE drawer IS NOT NULL AND reason <> ''), '[]'
               ) AS reasons
        FROM given GROUP BY station_id, rater_group
    ), raters AS (
        SELECT rater_group, sum(people) AS people
        FROM (
            SELECT rater_group, 1 AS people FROM ended UNION ALL SELECT DISTINCT %(group)s, 0 FROM entered
        ) AS everybody
        GROUP BY rater_group
    ), tallied AS (
        INSERT INTO {tally} (
            station_id, rater_group, disappointing, fine, delighting, unable, at_table, unable_at_table, reasons,
            scales, scales_at_table, between_tables
        )
        SELECT block.id, raters.rater_group,
               coalesce(drawers.disappointing, 0) + coalesce(entered.disappointing, 0),
               coalesce(drawers.fine, 0) + coalesce(entered.fine, 0),
               coalesce(drawers.delighting, 0) + coalesce(entered.delighting, 0),
               raters.people - coalesce(drawers.rated, 0) + coalesce(entered.unable, 0),
               coalesce(entered.at_table, 0), coalesce(entered.unable_at_table, 0), coalesce(drawers.reasons, '[]'),
               coalesce(histograms.scales, '{{}}'), coalesce(entered.scales_at_table, '{{}}'),
               coalesce(entered.between_tables, '[]')
        FROM {station} block CROSS JOIN raters
        LEFT JOIN drawers ON drawers.station_id = block.id AND drawers.rater_group = raters.rater_group
        LEFT JOIN entered ON entered.station_id = block.id AND raters.rater_group = %(group)s
        LEFT JOIN histograms ON histograms.station_id = block.id AND histograms.rater_group = raters.rater_group
        WHERE block.activity_id = %(activity)s
    ), forgotten AS (
        DELETE FROM {participation} WHERE activity_id = %(activity)s
    )
    SELECT count(*) FROM ended
"""


def close_ballots(activity: Activity, entered: Iterable[Mapping[str, Any]] = ()) -> int:
    """Count the locked block's ballots into tallies and end them; return how many there were.

    ``entered``: what was typed for tables, per station (see ``services.tables.Entered.rows``).

    Who took part, and who had not finished, ends with them: nothing reads it any more. One statement. The order of the
    reasons comes from the cryptographic generator behind gen_random_uuid, not from random(). What was written beside
    “cannot judge” is never shown and ends here. A station that somebody left out counts like one that they could not
    judge: everybody is in every station's count, so that of one person who is known not to have finished nobody sees
    which they left out. In full mode each scale is counted on its own, so that no two numbers of one person stand
    together any more; a scale that somebody left out is missing from its own count alone.
    """
    tables = {
        "ballot": Ballot._meta.db_table,
        "participation": Participation._meta.db_table,
        "station": ActivityStation._meta.db_table,
        "tally": StationTally._meta.db_table,
    }
    end = (KEEP if activity.is_named else END).format(**tables)
    scales = Scale.values if activity.mode == Mode.FULL else []
    with connection.cursor() as cursor:
        cursor.execute(
            TALLY.format(end=end, histogram=HISTOGRAM, **tables),
            {
                "activity": activity.pk,
                "scales": scales,
                "group": RaterGroup.EMPLOYEE.value,
                "entered": json.dumps(list(entered)),
            },
        )
        return int(cursor.fetchone()[0])
