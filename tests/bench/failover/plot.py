"""How does one see it at a glance? A dot for each fault on a logarithmic axis, a row for each design."""

import math
from collections.abc import Iterator, Sequence
from html import escape

from tests.bench.failover.designs import NAMES, TEXTS
from tests.bench.failover.results import Broken, Results

WIDTH, LEFT, RIGHT = 820, 190, 90
ROW, PANEL_HEAD, FOOT, TOP = 24, 34, 40, 44
LOW_MS, HIGH_MS = 10.0, 10_000.0
TICKS_MS = (10, 30, 100, 300, 1000, 3000, 10_000)
COLOURS = {"reference": "#8a8f98", "three-strikes": "#b07d2b", "bfd": "#3b6fb6", "wgtray": "#1a8f5a"}
STYLE = "text{font:13px system-ui,sans-serif;fill:#24292f}.h{font-weight:600}.t{fill:#57606a;font-size:12px}"


def svg(results: Results) -> str:
    """Silent death at 100 packets/s on every path of this run; empty text if there is nothing to draw."""
    panels = [one for one in results.broken if one.hits and (one.cell.rate, one.cell.fault) == (100, "silent")]
    if not panels:
        return ""
    tops, y = [], TOP
    for one in panels:
        tops.append(y)
        y += PANEL_HEAD + ROW * len(_designs(one))
    height = y + FOOT
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" width="{WIDTH}" height="{height}" '
        'role="img">',
        "<title>How long replies are missing when the active WireGuard node dies silently</title>",
        f"<style>{STYLE}</style>",
        f'<rect width="{WIDTH}" height="{height}" rx="8" fill="#ffffff"/>',
        '<text class="h" x="16" y="28">Replies missing after the active node died silently, 100 packets/s</text>',
        *_axis(tops[0] + 12, height - FOOT),
    ]
    for one, top in zip(panels, tops, strict=True):
        lines += _panel(one, top)
    return "\n".join([*lines, "</svg>"]) + "\n"


def x_of(value_ms: float) -> float:
    """Where a time is on the axis; what is off it stands at its end."""
    inside = min(max(value_ms, LOW_MS), HIGH_MS)
    share = math.log(inside / LOW_MS) / math.log(HIGH_MS / LOW_MS)
    return LEFT + share * (WIDTH - LEFT - RIGHT)


def _axis(top: float, bottom: float) -> Iterator[str]:
    for tick in TICKS_MS:
        x = x_of(tick)
        text = f"{tick} ms" if tick < 1000 else f"{tick // 1000} s"
        yield f'<line x1="{x:.1f}" y1="{top}" x2="{x:.1f}" y2="{bottom}" stroke="#d8dee4"/>'
        yield f'<text class="t" x="{x:.1f}" y="{bottom + 18}" text-anchor="middle">{text}</text>'


def _panel(one: Broken, top: float) -> Iterator[str]:
    yield f'<text class="h" x="16" y="{top + 22}">{escape(one.cell.path.text)}</text>'
    yield f'<text class="t" x="{WIDTH - 12}" y="{top + 22}" text-anchor="end">median</text>'
    for row, name in enumerate(_designs(one)):
        y = top + PANEL_HEAD + ROW * row + 8
        yield f'<text x="{LEFT - 14}" y="{y + 4}" text-anchor="end">{escape(TEXTS[name])}</text>'
        for hit in one.of(name):
            if hit.outage_ms is None:
                continue
            yield f'<circle cx="{x_of(hit.outage_ms):.1f}" cy="{y}" r="4.5" fill="{COLOURS[name]}" fill-opacity=".5"/>'
        middle = one.outage(name)
        if middle is not None:
            x, stroke = f"{x_of(middle.median):.1f}", COLOURS[name]
            yield f'<line x1="{x}" y1="{y - 9}" x2="{x}" y2="{y + 9}" stroke="{stroke}" stroke-width="2"/>'
            yield f'<text x="{WIDTH - 12}" y="{y + 4}" text-anchor="end">{_short(middle.median)}</text>'


def _designs(one: Broken) -> Sequence[str]:
    return [name for name in NAMES if one.of(name)]


def _short(value_ms: float) -> str:
    return f"{value_ms:.0f} ms" if value_ms < 1000 else f"{value_ms / 1000:.1f} s"
