"""The invented company that a first start shows: a heating installer of 120 people, in German and in English."""
