from django.db import migrations

# Running blocks and those with names keep their ballots; the others end in tallies, as reveal makes them now.
GATHER = """
    UPDATE workshops_ballot SET answers = given.answers FROM (
        SELECT ballot_id, jsonb_object_agg(
            station_id::text, jsonb_build_object('drawer', drawer, 'cannot_judge', cannot_judge, 'reason', reason)
        ) AS answers
        FROM workshops_rating GROUP BY ballot_id
    ) given WHERE given.ballot_id = workshops_ballot.id
"""
TALLY = """
    INSERT INTO workshops_stationtally
        (station_id, rater_group, disappointing, fine, delighting, unable, reasons)
    SELECT rating.station_id, ballot.rater_group,
           count(*) FILTER (WHERE drawer = 0), count(*) FILTER (WHERE drawer = 5),
           count(*) FILTER (WHERE drawer = 10), count(*) FILTER (WHERE drawer IS NULL),
           coalesce(
               jsonb_agg(jsonb_build_object('text', reason, 'drawer', drawer) ORDER BY gen_random_uuid())
               FILTER (WHERE drawer IS NOT NULL AND reason <> ''), '[]'
           )
    FROM workshops_rating rating
    JOIN workshops_ballot ballot ON ballot.id = rating.ballot_id
    JOIN workshops_activity activity ON activity.id = ballot.activity_id
    WHERE activity.state = 'revealed'
    GROUP BY rating.station_id, ballot.rater_group
"""
END_RATINGS = "DELETE FROM workshops_rating"
END_BALLOTS = """
    DELETE FROM workshops_ballot USING workshops_activity activity
    WHERE activity.id = workshops_ballot.activity_id AND activity.state = 'revealed' AND NOT activity.is_named
"""
# The old rows go physically with the next sweep.
ERASE_AGAIN = "UPDATE workshops_activity SET vacuumed_at = NULL WHERE state = 'revealed'"


class Migration(migrations.Migration):
    dependencies = [("workshops", "0004_answers_in_ballots")]

    operations = [migrations.RunSQL([GATHER, TALLY, END_RATINGS, END_BALLOTS, ERASE_AGAIN], migrations.RunSQL.noop)]
