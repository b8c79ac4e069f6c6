"""How did the latency of every node go? One line a node, drawn by hand; the one in use is bold, switches are marked."""

import bisect
import math
from collections.abc import Iterable, Sequence
from typing import Final, NamedTuple

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QMouseEvent, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QSizePolicy, QWidget

from wgtray import words
from wgtray.gui import look
from wgtray.gui.history import KEPT_S, Move, Sample
from wgtray.language import say
from wgtray.words import pages

COLORS: Final = (
    ("#0B7476", "#3FC6C3"),
    ("#3F6FB5", "#7FAAEA"),
    ("#8A5BB5", "#BE97E6"),
    ("#9A5B00", "#E0A350"),
    ("#B0487F", "#EA8CBB"),
    ("#5E7A1E", "#A9C763"),
)
"""A node's colour on light and on dark, in the order of the profile."""
STEPS_MS: Final = (5, 10, 20, 25, 50, 100, 200, 250, 500, 1000, 2000, 2500, 5000)
MOST_LINES: Final = 5
ROOM: Final = 1.06
"""Above the highest value."""
LEAST_TOP_MS: Final = 20.0
GAP_S: Final = 45.0
"""Longer without a sample, and the line is broken: asleep, off, or not measured."""
MINUTES: Final = (15, 10, 5)
TRIANGLE_PX: Final = 5


class Line(NamedTuple):
    """One node's line."""

    name: str
    label: str
    samples: Sequence[Sample]
    active: bool


class Chart(QWidget):
    """The last quarter of an hour."""

    def __init__(self) -> None:
        super().__init__()
        self.setMinimumHeight(150)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMouseTracking(True)
        self.setAccessibleName(say(pages.CHART))
        self._lines: tuple[Line, ...] = ()
        self._moves: tuple[Move, ...] = ()
        self._limit_ms: float | None = None
        self._now = 0.0
        self._empty = ""
        self._hover: float | None = None

    def show_lines(
        self, lines: Iterable[Line], moves: Iterable[Move], limit_ms: float | None, now: float, empty: str
    ) -> None:
        """Draw these; ``empty`` is said where there is nothing to draw."""
        self._lines, self._moves = tuple(lines), tuple(move for move in moves if move.at > now - KEPT_S)
        self._limit_ms, self._now, self._empty = limit_ms, now, empty
        latest = [f"{line.label} {words.latency(line.samples[-1].rtt_ms)}" for line in self._lines if line.samples]
        self.setAccessibleDescription(", ".join(latest) or empty)
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(480, 220)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._hover = event.position().x()
        self.update()

    def leaveEvent(self, event: object) -> None:
        self._hover = None
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if not any(line.samples for line in self._lines):
            painter.setPen(look.mixed(self, 0.68))
            painter.drawText(
                QRectF(self.rect()), int(Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap), self._empty
            )
            return
        plot = self._plot()
        top, step = self._scale()
        self._draw_grid(painter, plot, top, step)
        self._draw_moves(painter, plot)
        for index, line in enumerate(self._lines):
            self._draw_line(painter, plot, top, line, self._color(index))
        self._draw_labels(painter, plot, top)
        if self._hover is not None and plot.left() <= self._hover <= plot.right():
            self._draw_hover(painter, plot, top, self._hover)

    def _plot(self) -> QRectF:
        metrics, font = QFontMetricsF(self.font()), self.font()
        font.setBold(True)
        bold = QFontMetricsF(font)
        left = metrics.horizontalAdvance("0000") + 8
        right = max((bold.horizontalAdvance(line.label) for line in self._lines), default=0) + 8
        below = metrics.height() + 10
        return QRectF(
            left, metrics.height() / 2 + 2, self.width() - left - right, self.height() - below - metrics.height() / 2
        )

    def _scale(self) -> tuple[float, float]:
        """The latency at the top, and from one grid line to the next."""
        values = [sample.rtt_ms for line in self._lines for sample in line.samples if sample.rtt_ms is not None]
        highest = max([*values, LEAST_TOP_MS])
        if self._limit_ms is not None and highest > self._limit_ms / 2:
            highest = max(highest, self._limit_ms)
        step = next((each for each in STEPS_MS if highest * ROOM <= each * MOST_LINES), STEPS_MS[-1])
        return float(step * math.ceil(highest * ROOM / step)), float(step)

    def _x(self, plot: QRectF, at: float) -> float:
        return plot.right() - (self._now - at) / KEPT_S * plot.width()

    @staticmethod
    def _y(plot: QRectF, top: float, rtt_ms: float) -> float:
        return plot.bottom() - rtt_ms / top * plot.height()

    def _color(self, index: int) -> QColor:
        return QColor(COLORS[index % len(COLORS)][look.is_dark(self)])

    def _draw_grid(self, painter: QPainter, plot: QRectF, top: float, step: float) -> None:
        faint, ink = QPen(look.mixed(self, 0.14), 1), look.mixed(self, 0.68)
        metrics = QFontMetricsF(self.font())
        value = 0.0
        while value <= top:
            y = round(self._y(plot, top, value)) + 0.5
            painter.setPen(faint)
            painter.drawLine(QPointF(plot.left(), y), QPointF(plot.right(), y))
            painter.setPen(ink)
            painter.drawText(
                QPointF(plot.left() - 6 - metrics.horizontalAdvance(f"{value:.0f}"), y + metrics.ascent() / 2 - 1),
                f"{value:.0f}",
            )
            value += step
        base = self.height() - metrics.descent() - 1
        for minutes in MINUTES:
            told = say(pages.MINUTES_BACK, minutes=minutes)
            x = self._x(plot, self._now - minutes * 60)
            painter.drawText(QPointF(max(plot.left(), x - metrics.horizontalAdvance(told) / 2), base), told)
        told = say(pages.NOW)
        painter.drawText(QPointF(plot.right() - metrics.horizontalAdvance(told), base), told)
        if self._limit_ms is not None and self._limit_ms <= top:
            y = self._y(plot, top, self._limit_ms)
            painter.setPen(QPen(look.mixed(self, 0.5), 1, Qt.PenStyle.DashLine))
            painter.drawLine(QPointF(plot.left(), y), QPointF(plot.right(), y))
            painter.setPen(ink)
            painter.drawText(QPointF(plot.left() + 4, y - 4), say(pages.LIMIT, ms=f"{self._limit_ms:.0f}"))

    def _draw_moves(self, painter: QPainter, plot: QRectF) -> None:
        ink = look.mixed(self, 0.6)
        for move in self._moves:
            x = self._x(plot, move.at)
            painter.setPen(QPen(look.mixed(self, 0.35), 1, Qt.PenStyle.DotLine))
            painter.drawLine(QPointF(x, plot.top()), QPointF(x, plot.bottom()))
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(ink)
            foot, tip = plot.bottom(), plot.bottom() - 2 * TRIANGLE_PX
            corners = [QPointF(x, tip), QPointF(x - TRIANGLE_PX, foot), QPointF(x + TRIANGLE_PX, foot)]
            painter.drawPolygon(QPolygonF(corners))
            painter.setBrush(Qt.BrushStyle.NoBrush)

    def _draw_line(self, painter: QPainter, plot: QRectF, top: float, line: Line, color: QColor) -> None:
        painter.setPen(
            QPen(
                color,
                2.6 if line.active else 1.2,
                Qt.PenStyle.SolidLine,
                Qt.PenCapStyle.RoundCap,
                Qt.PenJoinStyle.RoundJoin,
            )
        )
        run: list[QPointF] = []
        last_at = None
        for sample in line.samples:
            if sample.rtt_ms is None or (last_at is not None and sample.at - last_at > GAP_S):
                _draw_run(painter, run)
                run = []
            if sample.rtt_ms is not None and sample.at >= self._now - KEPT_S:
                run.append(QPointF(self._x(plot, sample.at), self._y(plot, top, sample.rtt_ms)))
                last_at = sample.at
        if run and last_at is not None and self._now - last_at <= GAP_S:
            run.append(QPointF(plot.right(), run[-1].y()))
        _draw_run(painter, run)

    def _draw_labels(self, painter: QPainter, plot: QRectF, top: float) -> None:
        """Each line's name where it goes on or broke off, moved apart where they would overlap."""
        metrics = QFontMetricsF(self.font())
        wanted = sorted(
            (self._y(plot, top, last_ms), index)
            for index, line in enumerate(self._lines)
            if (last_ms := _last_known(line.samples)) is not None
        )
        below = plot.bottom() + metrics.height() / 2
        places: list[float] = []
        for y, _ in reversed(wanted):
            below = min(y, below - metrics.height())
            places.append(below)
        places.reverse()
        lowest = plot.top() - metrics.height()
        for place, (_, index) in zip(places, wanted, strict=True):
            lowest = max(place, lowest + metrics.height() * 0.95)
            font = self.font()
            font.setBold(self._lines[index].active)
            painter.setFont(font)
            painter.setPen(self._color(index))
            painter.drawText(QPointF(plot.right() + 6, lowest + metrics.ascent() / 2 - 1), self._lines[index].label)
        painter.setFont(self.font())

    def _draw_hover(self, painter: QPainter, plot: QRectF, top: float, x: float) -> None:
        at = self._now - (plot.right() - x) / plot.width() * KEPT_S
        painter.setPen(QPen(look.mixed(self, 0.5), 1))
        painter.drawLine(QPointF(x, plot.top()), QPointF(x, plot.bottom()))
        told: list[tuple[str, QColor]] = [(words.clock(at), look.mixed(self, 0.68))]
        for index, line in enumerate(self._lines):
            if (sample := _nearest(line.samples, at)) is not None:
                shown = say(pages.NO_ANSWER) if sample.rtt_ms is None else words.latency(sample.rtt_ms)
                told.append((f"{line.label}  {shown}", self._color(index)))
                if sample.rtt_ms is not None:
                    painter.setBrush(self._color(index))
                    painter.setPen(Qt.PenStyle.NoPen)
                    painter.drawEllipse(QPointF(x, self._y(plot, top, sample.rtt_ms)), 3, 3)
        for move in self._moves:
            if abs(move.at - at) < KEPT_S / max(plot.width(), 1) * 8:
                label = next((line.label for line in self._lines if line.name == move.to_node), move.to_node)
                told.append((say(pages.SWITCHED_TO, node=label), look.mixed(self, 1.0)))
        self._draw_box(painter, plot, x, told)

    def _draw_box(self, painter: QPainter, plot: QRectF, x: float, told: list[tuple[str, QColor]]) -> None:
        metrics = QFontMetricsF(self.font())
        width = max(metrics.horizontalAdvance(line) for line, _ in told) + 16
        box = QRectF(x + 10, plot.top() + 4, width, metrics.height() * len(told) + 10)
        if box.right() > plot.right():
            box.moveRight(x - 10)
        painter.setPen(QPen(look.mixed(self, 0.25), 1))
        painter.setBrush(self.palette().base())
        painter.drawRoundedRect(box, 4, 4)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        y = box.top() + 5 + metrics.ascent()
        for line, color in told:
            painter.setPen(color)
            painter.drawText(QPointF(box.left() + 8, y), line)
            y += metrics.height()


def _draw_run(painter: QPainter, run: list[QPointF]) -> None:
    if len(run) == 1:
        painter.drawPoint(run[0])
    elif run:
        painter.drawPolyline(QPolygonF(run))


def _last_known(samples: Sequence[Sample]) -> float | None:
    return next((sample.rtt_ms for sample in reversed(samples) if sample.rtt_ms is not None), None)


def _nearest(samples: Sequence[Sample], at: float) -> Sample | None:
    """The sample closest to that moment, where there is one close enough."""
    if not samples:
        return None
    times = [sample.at for sample in samples]
    index = bisect.bisect_left(times, at)
    around = [samples[each] for each in (index - 1, index) if 0 <= each < len(samples)]
    closest = min(around, key=lambda sample: abs(sample.at - at))
    return closest if abs(closest.at - at) <= GAP_S else None
