"""The picture of flows: who makes use value, who takes exchange value, and what stands between.

Three columns, as the source draws them: those who make, the works and the institutions, those outside. Arrows
are use value or money; their width grows with the logarithm of the amount.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import log10

from allmende.outcomes import Flow

__all__ = ["HEIGHT", "WIDTH", "Arrow", "Box", "Drawing", "drawing"]

WIDTH, HEIGHT = 960, 64
"""Width of the drawing, and height of a box."""

_COLUMNS = (10, 385, 780)
_BOX = 170
_PITCH = 118
_TOP = 10
_ASIDE = 58
_MAKERS = ("members", "contractors")
_INSTITUTIONS = ("platform", "firms", "sponsor", "foundation")
_NAMES = {
    "members": "Members",
    "contractors": "Contractors",
    "works": "The works",
    "audience": "Audience",
    "platform": "Platform",
    "foundation": "Foundation",
    "firms": "Firms",
    "sponsor": "Sponsor",
    "suppliers": "Suppliers",
    "advertisers": "Advertisers",
    "donors": "Donors",
}


@dataclass(frozen=True, slots=True)
class Box:
    """Somebody, with the corner of the box and a line below the name."""

    name: str
    title: str
    line: str
    x: int
    y: int
    width: int = _BOX
    height: int = HEIGHT


@dataclass(frozen=True, slots=True)
class Arrow:
    """What goes from one box to another.

    Args:
        kind: "use" for use value, "money" for exchange value.
        title: What it is.
        amount: How much, as text.
        path: The line, as SVG writes it.
        x: Where its label stands.
        y: Where its label stands.
        width: Width of the line.
    """

    kind: str
    title: str
    amount: str
    path: str
    x: float
    y: float
    width: float


@dataclass(frozen=True, slots=True)
class Drawing:
    """Boxes and arrows on a plane of `WIDTH` by `height`."""

    boxes: tuple[Box, ...]
    arrows: tuple[Arrow, ...]
    height: int


@dataclass(frozen=True, slots=True)
class _Edge:
    kind: str
    title: str
    amount: str
    size: float
    start: str
    end: str


def drawing(
    flows: Sequence[Flow],
    *,
    amounts: Sequence[str],
    lines: dict[str, str],
    uses: str,
    contracted: bool = False,
) -> Drawing:
    """The picture of a year's flows.

    Args:
        flows: Who paid whom.
        amounts: The amount of each flow as text.
        lines: What stands below the names of "members", "works", "audience", and others.
        uses: The use value served, as text.
        contracted: Whether contractors make use value.
    """
    edges = [
        _Edge("use", "use value", "", 0.0, "members", "works"),
        _Edge("use", "uses", uses, 0.0, "works", "audience"),
    ]
    if contracted:
        edges.append(_Edge("use", "use value", "", 0.0, "contractors", "works"))
    edges += _payments(flows, amounts)
    boxes = _boxes(edges, lines)
    most = max((edge.size for edge in edges), default=1.0)
    arrows = tuple(_arrow(edge, edges, boxes, most) for edge in edges)
    return Drawing(tuple(boxes.values()), arrows, max(box.y for box in boxes.values()) + HEIGHT + _TOP)


def _payments(flows: Sequence[Flow], amounts: Sequence[str]) -> list[_Edge]:
    """One arrow for each payer and payee: what one pays the other for several reasons is told together."""
    pairs: dict[tuple[str, str], list[tuple[Flow, str]]] = {}
    for flow, amount in zip(flows, amounts, strict=True):
        pairs.setdefault((flow.payer, flow.payee), []).append((flow, amount))
    return [
        _Edge(
            "money",
            " + ".join(flow.kind for flow, _ in told),
            " + ".join(amount for _, amount in told),
            max(flow.mid for flow, _ in told),
            payer,
            payee,
        )
        for (payer, payee), told in pairs.items()
    ]


def _boxes(edges: Sequence[_Edge], lines: dict[str, str]) -> dict[str, Box]:
    present = list(dict.fromkeys(name for edge in edges for name in (edge.start, edge.end)))
    makers = [name for name in _MAKERS if name in present]
    middle = ["works", *(name for name in _INSTITUTIONS if name in present)]
    outside = [
        "audience",
        *(name for name in present if name not in {*makers, *middle, "audience", "suppliers"}),
    ]
    if "suppliers" in present:
        outside.append("suppliers")
    return {
        name: Box(
            name, _NAMES.get(name, name.capitalize()), lines.get(name, ""), _COLUMNS[i], _TOP + row * _PITCH
        )
        for i, column in enumerate((makers, middle, outside))
        for row, name in enumerate(column)
    }


def _arrow(edge: _Edge, edges: Sequence[_Edge], boxes: dict[str, Box], most: float) -> Arrow:
    start, end = boxes[edge.start], boxes[edge.end]
    width = 3.0 if edge.kind == "use" else 1.5 + 4.5 * log10(1 + edge.size) / max(log10(1 + most), 1e-9)
    if start.x == end.x:
        path, x, y = _along_a_column(start, end)
    else:
        side = 1 if end.x > start.x else -1
        x1 = start.x + (start.width if side > 0 else 0)
        x2 = end.x + (0 if side > 0 else end.width)
        y1, y2 = _port(edge, edge.start, edges, boxes), _port(edge, edge.end, edges, boxes)
        bend = side * 80
        path = f"M{x1} {y1:.1f}C{x1 + bend} {y1:.1f} {x2 - bend} {y2:.1f} {x2 - side * 7} {y2:.1f}"
        # Where use value climbs from a lower box it crosses money: its label stays near where it begins.
        at = 0.2 if edge.kind == "use" and start.y != end.y else 0.5
        x = _bezier(at, x1, x1 + bend, x2 - bend, x2)
        y = _bezier(at, y1, y1, y2, y2)
    return Arrow(edge.kind, edge.title, edge.amount, path, x, y, round(width, 1))


def _bezier(at: float, *points: float) -> float:
    a, b, c, d = points
    left = 1 - at
    return left**3 * a + 3 * left**2 * at * b + 3 * left * at**2 * c + at**3 * d


def _along_a_column(start: Box, end: Box) -> tuple[str, float, float]:
    middle = start.x + start.width / 2
    down = end.y > start.y
    y1 = start.y + (start.height if down else 0)
    y2 = end.y + (-7 if down else end.height + 7)
    if abs(end.y - start.y) <= _PITCH:
        return f"M{middle} {y1}L{middle} {y2}", middle + _ASIDE, (y1 + y2) / 2
    edge = start.x + start.width
    y1, y2 = start.y + start.height // 2, end.y + end.height // 2
    return f"M{edge} {y1}C{edge + 90} {y1} {edge + 90} {y2} {edge + 7} {y2}", edge + 68, (y1 + y2) / 2


def _port(edge: _Edge, name: str, edges: Sequence[_Edge], boxes: dict[str, Box]) -> float:
    """Where on the side of a box an arrow begins or ends: arrows stand in the order of their other ends."""
    box = boxes[name]
    other = boxes[edge.end if name == edge.start else edge.start]
    right = other.x > box.x

    def far_end(one: _Edge) -> Box:
        return boxes[one.end if one.start == name else one.start]

    same_side = [
        one
        for one in edges
        if name in {one.start, one.end} and far_end(one).x != box.x and (far_end(one).x > box.x) == right
    ]
    ordered = sorted(same_side, key=lambda one: (far_end(one).y, one.start == name))
    return box.y + box.height * (ordered.index(edge) + 1) / (len(ordered) + 1)
