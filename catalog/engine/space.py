"""Where a row's point lies, as sqlglot terms: on which shape, and how far from a position. Ordinary arithmetic on two
numbers, because DuckDB's spatial extension cannot be loaded in a closed network; exact for points.

A geometry column is answered for points only. A row that holds anything else ends the query with `NO_POINT` in the
engine's message: an overlap of bounding boxes is no intersection, and is not passed off as one.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from sqlglot import exp

from catalog.predicate import Intersects, Location, Near, Position

__all__ = ["EARTH_RADIUS_M", "NO_POINT", "distance", "intersects", "near"]

EARTH_RADIUS_M = 6_371_008.8
"""Mean radius of the Earth (IUGG), metres."""

NO_POINT = "kaizha: geometry is no point"


def intersects(shape: Intersects) -> exp.Expr:
    """Whether the row's point lies on the shape; null where the row has no point."""
    x, y = _coordinates(shape.location)
    tests = [_at(x, y, point) for point in shape.points]
    tests += [_on(x, y, line) for line in shape.lines]
    tests += [_inside(x, y, rings) for rings in shape.polygons]
    return exp.paren(exp.or_(exp.false(), *tests))


def near(here: Near) -> exp.Expr:
    """Whether the row's point is within the distance; null where the row has no point."""
    # A degree of latitude is the same length everywhere: a test of two numbers spares most rows the trigonometry.
    reach = here.metres / EARTH_RADIUS_M * 57.29577951308232 * 1.000001
    _, y = _coordinates(here.location)
    band = _between(y, here.latitude - reach, here.latitude + reach)
    return exp.and_(band, exp.LTE(this=distance(here), expression=_number(here.metres)))


def distance(here: Near) -> exp.Expr:
    """Metres from the position to the row's point along the sphere (haversine); null where the row has no point, or
    one that is nowhere on Earth."""
    x, y = _coordinates(here.location)
    half = [
        _call(
            "sin",
            exp.Div(
                this=_radians(exp.paren(exp.Sub(this=there, expression=_number(at)))), expression=_number(2.0)
            ),
        )
        for there, at in ((y.copy(), here.latitude), (x.copy(), here.longitude))
    ]
    squares = [exp.Mul(this=term, expression=term.copy()) for term in half]
    across = exp.Mul(
        this=exp.Mul(
            this=_call("cos", _radians(_number(here.latitude))), expression=_call("cos", _radians(y.copy()))
        ),
        expression=squares[1],
    )
    # Rounding may carry the sum a hair over one, where asin has no value.
    chord = _call("least", exp.Add(this=squares[0], expression=across), _number(1.0))
    arc = exp.Mul(this=_number(2 * EARTH_RADIUS_M), expression=_call("asin", _call("sqrt", chord)))
    on_earth = exp.and_(_between(x, -180.0, 180.0), _between(y, -90.0, 90.0))
    return exp.Case(ifs=[exp.If(this=on_earth, true=arc)])


def _coordinates(location: Location) -> tuple[exp.Expr, exp.Expr]:
    """Longitude and latitude of a row as DOUBLE."""
    if not location.geometry:
        return exp.cast(_column(location.longitude), "DOUBLE"), exp.cast(_column(location.latitude), "DOUBLE")
    parsed = exp.TryCast(this=_column(location.geometry), to=exp.DataType.build("JSON"))
    kind = _call("json_extract_string", parsed, exp.Literal.string("$.type"))
    # The message names the row's type, so that the engine cannot evaluate it before there is a row.
    wrong = _call("error", exp.DPipe(this=exp.Literal.string(f"{NO_POINT} "), expression=kind.copy()))
    is_point = exp.EQ(this=kind, expression=exp.Literal.string("Point"))
    longitude, latitude = (
        exp.Case(
            ifs=[
                exp.If(
                    this=is_point.copy(),
                    true=exp.TryCast(
                        this=_call(
                            "json_extract", parsed.copy(), exp.Literal.string(f"$.coordinates[{place}]")
                        ),
                        to=exp.DataType.build("DOUBLE"),
                    ),
                )
            ],
            default=exp.cast(wrong.copy(), "DOUBLE"),
        )
        for place in (0, 1)
    )
    return longitude, latitude


def _at(x: exp.Expr, y: exp.Expr, point: Position) -> exp.Expr:
    return exp.and_(
        exp.EQ(this=x.copy(), expression=_number(point[0])),
        exp.EQ(this=y.copy(), expression=_number(point[1])),
    )


def _on(x: exp.Expr, y: exp.Expr, line: Sequence[Position]) -> exp.Expr:
    """On one of the line's segments."""
    return exp.or_(exp.false(), *(_on_segment(x, y, a, b) for a, b in pairwise(line)))


def _on_segment(x: exp.Expr, y: exp.Expr, a: Position, b: Position) -> exp.Expr:
    in_box = exp.and_(
        _between(x, min(a[0], b[0]), max(a[0], b[0])), _between(y, min(a[1], b[1]), max(a[1], b[1]))
    )
    if a[0] == b[0] or a[1] == b[1]:
        return in_box  # along an axis the box is the segment
    turn = exp.EQ(
        this=exp.Mul(this=_number(b[0] - a[0]), expression=_less(y, a[1])),
        expression=exp.Mul(this=_number(b[1] - a[1]), expression=_less(x, a[0])),
    )
    return exp.and_(in_box, turn)


def _inside(x: exp.Expr, y: exp.Expr, rings: Sequence[Sequence[Position]]) -> exp.Expr:
    """In or on the edge: a ray to the east crosses the rings an odd number of times, holes included."""
    outer = rings[0]
    west, east = min(p[0] for p in outer), max(p[0] for p in outer)
    south, north = min(p[1] for p in outer), max(p[1] for p in outer)
    in_box = exp.and_(_between(x, west, east), _between(y, south, north))
    if len(rings) == 1 and _is_box(outer):
        return in_box
    edges = [(a, b) for ring in rings for a, b in pairwise(ring) if a != b]
    crossings: exp.Expr = _number(0)
    for a, b in edges:
        if a[1] != b[1]:
            crossings = exp.Add(
                this=crossings, expression=exp.cast(exp.paren(_crosses(x, y, a, b)), "INTEGER")
            )
    odd = exp.EQ(this=exp.Mod(this=exp.paren(crossings), expression=_number(2)), expression=_number(1))
    on_edge = [_on_segment(x, y, a, b) for a, b in edges]
    return exp.and_(in_box, exp.paren(exp.or_(odd, *on_edge)))


def _crosses(x: exp.Expr, y: exp.Expr, a: Position, b: Position) -> exp.Expr:
    low, high = min(a[1], b[1]), max(a[1], b[1])
    slope = (b[0] - a[0]) / (b[1] - a[1])
    at = exp.Add(this=exp.Mul(this=_number(slope), expression=_less(y, a[1])), expression=_number(a[0]))
    return exp.and_(
        exp.GTE(this=y.copy(), expression=_number(low)),
        exp.LT(this=y.copy(), expression=_number(high)),
        exp.LT(this=x.copy(), expression=at),
    )


def _is_box(ring: Sequence[Position]) -> bool:
    corners = set(ring)
    return (
        len(ring) == 5
        and len(corners) == 4
        and len({x for x, _ in corners}) == 2
        and len({y for _, y in corners}) == 2
        and all(a[0] == b[0] or a[1] == b[1] for a, b in pairwise(ring))
    )


def _less(term: exp.Expr, number: float) -> exp.Paren:
    return exp.paren(exp.Sub(this=term.copy(), expression=_number(number)))


def _between(term: exp.Expr, low: float, high: float) -> exp.Expr:
    return exp.Between(this=term.copy(), low=_number(low), high=_number(high))


def _radians(term: exp.Expr) -> exp.Expr:
    return _call("radians", term)


def _call(name: str, *terms: exp.Expr) -> exp.Expr:
    return exp.Anonymous(this=name, expressions=list(terms))


def _column(name: str) -> exp.Column:
    return exp.column(exp.to_identifier(name, quoted=True))


def _number(value: float) -> exp.Expr:
    """As text that is cast: a bare number would be read as a DECIMAL, and rounded."""
    return exp.cast(exp.Literal.string(repr(value)), "INTEGER" if isinstance(value, int) else "DOUBLE")
