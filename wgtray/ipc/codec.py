"""How do messages become frames? One JSON document a line, strictly typed both ways.

Only calls may carry a ``Secret``: the encoder for answers has no hook for it, so an attempt to send one fails loudly
instead of leaking.
"""

from typing import TypeVar

import msgspec

from wgtray.core import secret
from wgtray.ipc.messages import FRAME_LIMIT, Answer, Call

T = TypeVar("T")

_call_encoder = msgspec.json.Encoder(enc_hook=secret.enc_hook)
_call_decoder = msgspec.json.Decoder(Call, dec_hook=secret.dec_hook)
_answer_encoder = msgspec.json.Encoder()
_answer_decoder = msgspec.json.Decoder(Answer, dec_hook=secret.dec_hook)


class BadFrame(ValueError):
    """A frame that is too long, not UTF-8 JSON, or not one of the messages."""


def encode_call(call: Call) -> bytes:
    """One frame with its newline; raises BadFrame above the limit."""
    return _framed(_call_encoder.encode(call))


def encode_answer(answer: Answer) -> bytes:
    """One frame with its newline; raises BadFrame above the limit."""
    return _framed(_answer_encoder.encode(answer))


def decode_call(frame: bytes) -> Call:
    """Raises BadFrame; its text never repeats a value of the frame."""
    return _decoded(_call_decoder, frame)


def decode_answer(frame: bytes) -> Answer:
    """Raises BadFrame."""
    return _decoded(_answer_decoder, frame)


class Frames:
    """Cuts a byte stream into frames; holds at most one frame's worth of bytes."""

    def __init__(self) -> None:
        self._pending = bytearray()

    def feed(self, data: bytes) -> list[bytes]:
        """The frames that ``data`` completes, without newlines; raises BadFrame when one grows over the limit."""
        self._pending += data
        *frames, rest = bytes(self._pending).split(b"\n")
        self._pending = bytearray(rest)
        if len(rest) >= FRAME_LIMIT or any(len(frame) >= FRAME_LIMIT for frame in frames):
            raise BadFrame(f"a frame is longer than {FRAME_LIMIT} bytes")
        return [frame for frame in frames if frame]


def _framed(payload: bytes) -> bytes:
    if len(payload) >= FRAME_LIMIT:
        raise BadFrame(f"a frame would be longer than {FRAME_LIMIT} bytes")
    return payload + b"\n"


def _decoded(decoder: msgspec.json.Decoder[T], frame: bytes) -> T:
    try:
        return decoder.decode(frame)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise BadFrame(f"not a message of this protocol: {error}") from None
