"""Everything that reads what others wrote refuses nonsense in its own words; ``make fuzz`` goes on for longer."""

import time

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.fuzz.growing import grown
from tests.fuzz.targets import TARGETS
from tests.security.tally import count

EXAMPLES = 60


@pytest.mark.parametrize("name", TARGETS)
def test_what_a_reader_knows_is_read(name: str) -> None:
    assert TARGETS[name].tried(TARGETS[name].seeds[0])


@pytest.mark.parametrize("name", TARGETS)
@pytest.mark.threat("T09")
def test_a_reader_refuses_in_its_own_words_and_soon(name: str) -> None:
    target = TARGETS[name]

    @settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck))
    @given(grown(target.seeds) | st.binary(max_size=200))
    def tried(content: bytes) -> None:
        began = time.process_time()
        target.tried(content)
        assert time.process_time() - began < 1.0
        count("inputs/tried")

    tried()
