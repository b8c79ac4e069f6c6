"""What holds for every property that is tested? No time limit of its own: a busy machine is not a wrong answer."""

from hypothesis import settings

settings.register_profile("patient", settings.default, deadline=None)
settings.load_profile("patient")
