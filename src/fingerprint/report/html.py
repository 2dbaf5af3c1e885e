"""The page: one file that needs nothing else."""

from __future__ import annotations

from functools import partial
from typing import Any

from markupsafe import Markup

from fingerprint.report import numbers, words
from fingerprint.report.contents import (
    FOOTER,
    SCALE_NAME,
    AnalyteRow,
    GrainShare,
    Panel,
    Summary,
)
from fingerprint.report.plots import draw_curves, draw_shares, draw_strength
from fingerprint.report.sessions import SessionSection, session_section
from fingerprint.report.svg import inline_svg
from fingerprint.report.templates import template

_MOST_SITES_SHOWN = 15
_LONG_TABLE = 9
_MOST_GRAINS = 5
# Name, width in inches and size of letters in points of a figure: the page shows the one that fits.
_LAYOUTS = (("wide", 7.2, 8.0), ("narrow", 3.9, 7.2))
_STAMP = "MADE-UP DATA"
# What the parts of a verdict are called, and what they look at.
_PARTS = {
    "three_level": ("Means", "means compared with those of the site, three_level"),
    "ks": ("Cumulative curves", "Kolmogorov-Smirnov distances, ks"),
    "forest": ("Grain classifier", "trees that tell grains of sites apart, forest"),
    "kernel_density": ("Grains nearby", "reference grains about each grain, kernel_density"),
    "sample_density": ("Samples nearby", "reference samples all about, sample_density"),
    "sample_forest": ("Sample classifier", "trees that tell samples apart, sample_forest"),
    "kernel_mean": ("Whole distributions", "distance of the grains as wholes, kernel_mean"),
    "areas_ratio": ("Areas between curves", "beside those within the site, areas_ratio"),
    "rank_sum": ("Rank sums", "Wilcoxon's comparison, rank_sum"),
    "two_level": ("Two-level ratio", "grain and site, Gaussian, two_level"),
    "two_level_kernel": ("Two-level ratio, kernel", "grain and site, two_level_kernel"),
    "base": ("Starting point", "midway between an average true and an average false claim"),
}


def render_html(summary: Summary) -> str:
    """Render the report on one claim as a page.

    The page has no script and asks for nothing else, on screen or in print. All texts of the input
    are escaped.

    Parameters
    ----------
    summary
        From `summarise`.
    """
    return template("page.html.jinja").render(**_context(summary))


def _context(summary: Summary) -> dict[str, Any]:
    strength, policy = summary.strength, summary.policy
    return {
        "s": summary,
        "meaning": words.meaning(summary),
        "caution": words.caution(summary),
        "sentences": words.reasons(summary.reasons, summary.details, summary.unit),
        "shares": words.blend(summary.blend_shares),
        "rough_shares": words.ROUGH_SHARES,
        "sessions": _sessions(summary),
        "strength": _strength_words(summary),
        "figures": _strength_figures(summary),
        "scale": words.scale_in_words(),
        "scale_name": SCALE_NAME,
        "chance": words.chance(strength.p_value, policy.alpha, strength.n_true_trials),
        "neighbourhood": words.neighbourhood(summary.neighbours),
        "tables": _in_two(summary.measured.analytes),
        "shown": summary.not_excluded[:_MOST_SITES_SHOWN],
        "no_suspicion": words.NO_SUSPICION,
        "groups": _curve_groups(summary),
        "parts": _PARTS,
        "in_order": sorted(summary.shares, key=lambda part: part.name != "base"),
        "widest": max((abs(p.log10_lr or 0.0) for p in summary.shares), default=0.0) or 1.0,
        "total": sum(part.log10_lr or 0.0 for part in summary.shares),
        "share_figures": _share_figures(summary),
        "worst_grains": _worst_grains(summary),
        "public_data": words.PUBLIC_DATA,
        "footer": FOOTER,
    }


def _sessions(summary: Summary) -> SessionSection | None:
    if not summary.sessions:
        return None
    limits, made_up = summary.policy.sessions, "sample" in summary.made_up
    return session_section(summary.sessions, limits, made_up=made_up)


def _in_two(rows: tuple[AnalyteRow, ...]) -> list[tuple[AnalyteRow, ...]]:
    """Two tables side by side when one would be long."""
    if len(rows) < _LONG_TABLE:
        return [rows]
    half = (len(rows) + 1) // 2
    return [rows[:half], rows[half:]]


def _strength_words(summary: Summary) -> dict[str, str]:
    if not words.has_strength(summary):
        return {"none": words.no_strength(summary)}
    far, near = summary.strength.log10_lr or 0.0, summary.strength.log10_lr_near
    than, unit = "from one of its neighbours", summary.unit
    return {
        "far": words.likelihood(far, "from elsewhere", unit),
        "far_scale": words.verbal(far),
        "near": words.likelihood(near, than, unit) if near is not None else "",
        "near_scale": words.verbal(near) if near is not None else "",
        "interval": words.interval(summary),
        "at_bound": words.at_bound(summary),
    }


def _strength_figures(summary: Summary) -> dict[str, Markup]:
    """Two layouts of one figure: the page shows the one that fits."""
    if not words.has_strength(summary):
        return {}
    strength = summary.strength
    draw = partial(draw_strength, strength=strength, policy=summary.policy)
    near = numbers.decimal(strength.log10_lr_near)
    text = (
        f"log10 likelihood ratio on the {SCALE_NAME}: {numbers.decimal(strength.log10_lr)} "
        f"against anywhere, {near} against its neighbours."
    )
    stamp = _STAMP if summary.made_up else ""
    return {
        layout: inline_svg(
            draw,
            f"lr-{layout}",
            text,
            (width, 2.45),
            (0.1, 0.44, 0.1, 0.16),
            stamp=stamp,
            font_size=size,
        )
        for layout, width, size in _LAYOUTS
    }


def _share_figures(summary: Summary) -> dict[str, Markup]:
    """Bars of what each analyte contributes, in two layouts; none if there is none to explain."""
    rows = [row for row in summary.measured.analytes if row.log10_lr is not None]
    if not rows:
        return {}
    first = max(rows, key=lambda row: abs(row.log10_lr or 0.0))
    text = (
        f"Share of each of {numbers.count(len(rows), 'analyte')} in the log10 likelihood ratio; "
        f"the largest is {numbers.signed(first.log10_lr)} of {first.key}."
    )
    return {
        layout: inline_svg(
            partial(draw_shares, rows=rows),
            f"shares-{layout}",
            text,
            (width, 0.62 + 0.165 * len(rows)),
            (0.62, 0.44, 0.1, 0.18),
            stamp=_STAMP if summary.made_up else "",
            font_size=size,
        )
        for layout, width, size in _LAYOUTS
    }


def _worst_grains(summary: Summary) -> list[GrainShare]:
    """Grains that speak against the claim by more than three errors, strongest first."""
    ranked = sorted(summary.measured.grains, key=lambda grain: grain.log10_lr or 0.0)
    return [g for g in ranked if (g.log10_lr or 0.0) + 3 * (g.error or 0.0) < 0][:_MOST_GRAINS]


def _curve_groups(summary: Summary) -> list[tuple[str, list[tuple[Panel, Markup]]]]:
    """Panels with their headings; what speaks for a claim comes last where it is rejected."""
    groups = {
        "Speak most for the claim": ("for", summary.panels_for),
        "Speak most against the claim": ("against", summary.panels_against),
        "Lie farthest from the declared origin": ("apart", summary.panels_apart),
    }
    ordered = list(groups.items())
    if summary.verdict == "implausible":
        ordered.reverse()
    return [
        (heading, [_curves(summary, f"{name}-{i}", panel) for i, panel in enumerate(panels)])
        for heading, (name, panels) in ordered
        if panels
    ]


def _curves(summary: Summary, name: str, panel: Panel) -> tuple[Panel, Markup]:
    text = (
        f"Cumulative curves of {panel.key}, {summary.unit} and claimed site; the largest gap "
        f"between them is {numbers.percent(panel.gap)} of the grains."
    )
    figure = inline_svg(
        partial(draw_curves, panel=panel),
        name,
        text,
        (2.6, 1.95),
        (0.44, 0.42, 0.2, 0.17),
        stamp=_STAMP if summary.made_up else "",
    )
    return panel, figure
