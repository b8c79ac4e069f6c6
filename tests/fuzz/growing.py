"""Which bytes are worth trying? Those that a reader understands, with a few places changed."""

from collections.abc import Sequence

from hypothesis import strategies as st

PIECES = (
    *(
        b"\0",
        b"\n",
        b"\r",
        b"\t",
        b'"',
        b"'",
        b"\\",
        b"#",
        b";",
        b"=",
        b"[",
        b"]",
        b"{",
        b"}",
        b"`",
        b"$(x)",
        b"%s",
        b",",
    ),
    *(b"\xff", b"\xc2\x85", b"\xe2\x80\xa8", b"\xed\xa0\x80", b"\xef\xbb\xbf", b"\xc0\x0c", b"-1", b"1e999", b"NaN"),
    *(b"null", b"true", b"99999999999999999999", b"[" * 3000, b'{"a":' * 3000, b"PostUp = x\n", b"\n[Interface]\n"),
)


@st.composite
def grown(draw: st.DrawFn, seeds: Sequence[bytes]) -> bytes:
    """A seed, or what is left of one after up to six changes."""
    content = draw(st.sampled_from(list(seeds)))
    for _ in range(draw(st.integers(0, 6))):
        start = draw(st.integers(0, len(content)))
        end = min(len(content), start + draw(st.integers(0, 12)))
        piece = draw(st.sampled_from(PIECES) | st.binary(max_size=4) | st.just(content[start:end] * 2))
        content = content[:start] + piece + content[end:]
    return content
