"""What was measured, what it is held against, and how both are printed."""

import statistics
from dataclasses import dataclass, field
from typing import Any

from peers import PEERS

_TITLE, _FIGURE = 60, 17


@dataclass(frozen=True)
class Bound:
    """A bound for truerelay's figure: for the figure itself, or for its ratio to another's.
    A ratio is taken within each round, and of those the median counts: what else the machine does
    at that time slows down both."""
    limit: float
    at_least: bool = False
    of: str | None = None  # The peer, or the title of another row, that the figure is divided by.
    ratio_to: list[float] | None = None  # Those divisors, where they are not the same row's.


@dataclass
class Row:
    title: str
    unit: str
    rounds: dict[str, list[float]]  # By peer.
    bounds: list[Bound] = field(default_factory=list)
    remark: str = ""

    @property
    def figures(self) -> dict[str, float]:
        return {peer: statistics.median(values) for peer, values in self.rounds.items()}

    def judgements(self) -> list[dict[str, Any]]:
        return [self._judge(bound) for bound in self.bounds]

    def _judge(self, bound: Bound) -> dict[str, Any]:
        values = self.rounds[PEERS[0]]
        if bound.of is not None:
            divisors = bound.ratio_to or self.rounds[bound.of]
            values = [value / divisor for value, divisor in zip(values, divisors, strict=True)]
        value = statistics.median(values)
        met = value >= bound.limit if bound.at_least else value <= bound.limit
        return {"value": value, "of": bound.of, "limit": bound.limit,
                "sense": "at least" if bound.at_least else "at most", "met": met}


@dataclass
class Section:
    title: str
    rows: list[Row] = field(default_factory=list)
    failure: str = ""  # Why the rest of it could not be measured.

    def row(self, title: str, unit: str, figures: dict[str, float], *bounds: Bound,
            remark: str = "") -> None:
        """What was measured once."""
        self.rounds(title, unit, {peer: [figure] for peer, figure in figures.items()}, *bounds,
                    remark=remark)

    def rounds(self, title: str, unit: str, figures: dict[str, list[float]], *bounds: Bound,
               remark: str = "") -> None:
        """What was measured in turns: by peer the figure of each round."""
        self.rows.append(Row(title, unit, figures, list(bounds), remark))


def _number(value: float) -> str:
    if value == 0 or abs(value) >= 100:
        return f"{value:,.0f}"
    return f"{value:.3f}" if abs(value) < 1 else f"{value:.2f}"


def _verdict(judgement: dict[str, Any]) -> str:
    of = f" of {judgement['of']}" if judgement["of"] else ""
    return (f"{_number(judgement['value'])}{of}, {judgement['sense']} {judgement['limit']:g}: "
            f"{'ok' if judgement['met'] else 'MISSED'}")


def as_text(sections: list[Section]) -> str:
    """A table for each section, with the columns that it has figures for."""
    lines = []
    for section in sections:
        peers = [peer for peer in PEERS if any(peer in row.rounds for row in section.rows)]
        lines += [section.title, " " * _TITLE + "".join(peer.rjust(_FIGURE) for peer in peers)]
        for row in section.rows:
            found = row.figures
            figures = [_number(found[peer]) if peer in found else "-" for peer in peers]
            lines.append(f"  {row.title}, {row.unit}".ljust(_TITLE)
                         + "".join(figure.rjust(_FIGURE) for figure in figures))
            lines += [f"      truerelay: {_verdict(judgement)}" for judgement in row.judgements()]
            lines += [f"      {row.remark}"] if row.remark else []
        lines += [f"  NOT MEASURED: {section.failure}"] if section.failure else []
        lines.append("")
    met, bounds = count(sections)
    return "\n".join([*lines, f"{met} of {bounds} bounds are met."])


def as_data(sections: list[Section]) -> list[dict[str, Any]]:
    return [{"title": section.title, "failure": section.failure,
             "rows": [{"title": row.title, "unit": row.unit, "figures": row.figures,
                       "rounds": row.rounds,
                       "bounds": row.judgements(), "remark": row.remark}
                      for row in section.rows]}
            for section in sections]


def count(sections: list[Section]) -> tuple[int, int]:
    """How many bounds are met, and how many there are."""
    verdicts = [judgement["met"] for section in sections for row in section.rows
                for judgement in row.judgements()]
    return sum(verdicts), len(verdicts)
