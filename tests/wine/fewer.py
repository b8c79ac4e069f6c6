"""A pytest plugin (``-p tests.wine.fewer``): how thorough are properties where they were thorough on Linux already?

Fewer examples where a test names no number, no deadline on a machine that is emulated, nothing kept in the checkout.
"""

from hypothesis import HealthCheck, settings

settings.register_profile(
    "wine", max_examples=20, deadline=None, database=None, suppress_health_check=[HealthCheck.too_slow]
)


def pytest_pycollect_makemodule() -> None:
    """Before each module is read, and after tests/unit/conftest.py has chosen for Linux."""
    settings.load_profile("wine")
