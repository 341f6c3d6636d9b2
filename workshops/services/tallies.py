"""What reveal makes of ballots: per station how often each answer was given, and the reasons in random order.

An anonymous ballot ends here, so afterwards nothing says what one person answered at two stations, and a ballot with a
gap is nobody's. In a block with names, which said so before the first tap, ballots stay with their persons beside it.
"""

from __future__ import annotations

from django.db import connection

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
TALLY = """
    WITH ended AS ({end}), given AS MATERIALIZED (
        SELECT key::bigint AS station_id, rater_group, (value ->> 'drawer')::int AS drawer, value ->> 'reason' AS reason
        FROM ended, jsonb_each(ended.answers)
    ), tallied AS (
        INSERT INTO {tally} (station_id, rater_group, disappointing, fine, delighting, unable, reasons)
        SELECT given.station_id, rater_group,
               count(*) FILTER (WHERE drawer = 0), count(*) FILTER (WHERE drawer = 5),
               count(*) FILTER (WHERE drawer = 10), count(*) FILTER (WHERE drawer IS NULL),
               coalesce(
                   jsonb_agg(jsonb_build_object('text', reason, 'drawer', drawer) ORDER BY gen_random_uuid())
                   FILTER (WHERE drawer IS NOT NULL AND reason <> ''), '[]'
               )
        FROM given JOIN {station} block ON block.id = given.station_id AND block.activity_id = %(activity)s
        GROUP BY given.station_id, rater_group
    ), forgotten AS (
        DELETE FROM {participation} WHERE activity_id = %(activity)s
    )
    SELECT count(*) FROM ended
"""


def close_ballots(activity: Activity) -> int:
    """Count the locked block's ballots into tallies and end them; return how many there were.

    Who took part, and who had not finished, ends with them: nothing reads it any more. One statement. The order of the
    reasons comes from the cryptographic generator behind gen_random_uuid, not from random(). What was written beside
    “cannot judge” is never shown and ends here.
    """
    tables = {
        "ballot": Ballot._meta.db_table,
        "participation": Participation._meta.db_table,
        "station": ActivityStation._meta.db_table,
        "tally": StationTally._meta.db_table,
    }
    end = (KEEP if activity.is_named else END).format(**tables)
    with connection.cursor() as cursor:
        cursor.execute(TALLY.format(end=end, **tables), {"activity": activity.pk})
        return int(cursor.fetchone()[0])
