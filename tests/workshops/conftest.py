"""Property tests here draw whole pictures; on a busy machine the clock says nothing about the code."""

from hypothesis import settings

settings.register_profile("steady", deadline=None)
settings.load_profile("steady")
