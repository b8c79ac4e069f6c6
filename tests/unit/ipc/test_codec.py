"""Frames: strict, bounded, and unable to carry a key outwards."""

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.core.worlds import PRIVATE, profile
from wgtray.ipc import codec, messages
from wgtray.ipc.messages import FRAME_LIMIT, Answer, Call

CALLS: list[messages.AnyRequest] = [
    messages.Status(),
    messages.Connect(PRIVATE),
    messages.ChooseNode("fra"),
    messages.ChooseMode("full"),
    messages.SetProfile(profile(), keep_key=True),
]


@pytest.mark.parametrize("request_", CALLS)
def test_a_call_arrives_as_it_was_sent(request_: messages.AnyRequest) -> None:
    frame = codec.encode_call(Call(7, request_))
    assert frame.endswith(b"\n")
    assert frame.count(b"\n") == 1
    assert codec.decode_call(frame) == Call(7, request_)


def test_an_answer_cannot_carry_a_key() -> None:
    personal = msgspec.structs.replace(profile().interface, private_key=PRIVATE)
    with pytest.raises(TypeError):
        codec.encode_answer(Answer(1, messages.ProfileNow(profile(interface=personal))))


@pytest.mark.parametrize(
    "frame",
    [
        b"",
        b"null",
        b"[]",
        b"{",
        b'{"id":1}',
        b'{"id":"1","call":{"request":"status"}}',
        b'{"id":1,"call":{"request":"status","more":1}}',
        b'{"id":1,"call":{"request":"reboot"}}',
        b'{"id":1,"call":{"request":"choose-mode","mode":"everything"}}',
        b'{"id":1,"call":{"request":"status"},"argv":["sh"]}',
        b'{"id":NaN,"call":{"request":"status"}}',
        b'\xff{"id":1,"call":{"request":"status"}}',
        b"[" * 100_000,
    ],
)
@pytest.mark.threat("T08")
def test_anything_else_is_a_bad_frame(frame: bytes) -> None:
    with pytest.raises(codec.BadFrame):
        codec.decode_call(frame)


@given(st.binary(max_size=200))
@pytest.mark.threat("T09")
def test_random_bytes_never_do_more_than_be_refused(frame: bytes) -> None:
    with pytest.raises(codec.BadFrame):
        codec.decode_call(frame)


def test_an_invalid_profile_does_not_pass_the_boundary() -> None:
    frame = codec.encode_call(Call(1, messages.SetProfile(profile(), keep_key=True)))
    with pytest.raises(codec.BadFrame):
        codec.decode_call(frame.replace(b"10.20.0.0/16", b"10.20.0.1/16"))


def test_the_text_of_an_error_never_repeats_a_key() -> None:
    frame = codec.encode_call(Call(1, messages.Connect(PRIVATE))).replace(b"=", b"!")
    with pytest.raises(codec.BadFrame) as caught:
        codec.decode_call(frame)
    assert PRIVATE.reveal()[:20] not in str(caught.value)


parts = st.binary(min_size=1, max_size=20).filter(lambda part: b"\n" not in part)


@given(st.lists(parts, max_size=8), st.integers(1, 7))
def test_frames_are_cut_the_same_however_the_bytes_arrive(parts: list[bytes], size: int) -> None:
    stream = b"".join(part + b"\n" for part in parts)
    frames, found = codec.Frames(), []
    for start in range(0, len(stream), size):
        found += frames.feed(stream[start : start + size])
    assert found == parts


@pytest.mark.threat("T08")
def test_a_frame_without_an_end_is_refused_before_it_fills_memory() -> None:
    frames = codec.Frames()
    for _ in range(FRAME_LIMIT // 4096 - 1):
        frames.feed(b"x" * 4096)
    with pytest.raises(codec.BadFrame):
        frames.feed(b"x" * 4096)
