"""The table of `speed.py` from one or more runs' results."""

# Work -> the ratio to the best peer that zoo must hold, and the one it aims at.
FLOORS = {
    "vit-b16 forward f32 1": (1.0, 1.05), "vit-b16 forward f32 8": (1.0, 1.05),
    "vit-b16 forward bf16 1": (1.25, 1.35), "vit-b16 forward bf16 8": (1.0, 1.06),
    "bit-r50x1 forward f32 1": (1.15, 1.25), "bit-r50x1 forward f32 8": (1.2, 1.35),
    "bit-r50x1 forward bf16 1": (1.5, 1.75), "bit-r50x1 forward bf16 8": (1.6, 1.8),
    "vit-b16 train f32 8": (1.9, 2.3), "vit-b16 train bf16 8": (1.35, 1.55),
    "bit-r50x1 train f32 8": (1.25, 1.5), "bit-r50x1 train bf16 8": (1.6, 1.9),
    "vit-b16 predict f32 1": (8, 15),
}


def ratio(result):
    """zoo's speed over its best peer's; None where one of them is missing."""
    peers = [seconds for name, seconds in result["seconds"].items() if name != "zoo"]
    return min(peers) / result["seconds"]["zoo"] if peers and "zoo" in result["seconds"] else None


def cells_of(row, runs):
    """A row's cells: speeds are the best of all runs, ratios each run's own."""
    best = {}
    for result in runs:
        for name, seconds in result["seconds"].items():
            best[name] = max(best.get(name, 0), result["batch"] / seconds)
    ours = best.pop("zoo", None)
    ranked = [f"{name} {speed:.2f}" for name, speed in sorted(best.items(), key=lambda item: -item[1])]
    ratios = [value for value in map(ratio, runs) if value]
    floor, goal = FLOORS.get(row, (1.0, None))
    shares = [result["share_of_peak"] for result in runs if result.get("share_of_peak")]
    below = " (below)" if ratios and min(ratios) < floor else ""
    missing = sorted({name for result in runs for name in result.get("left_out", {})})
    return [
        row, f"{ours:.2f}" if ours else "–", ranked[0] if ranked else "–",
        f"**{', '.join(f'{value:.2f}' for value in ratios)}**{below}" if ratios else "–", f"{floor:g}",
        f"{goal:g}" if goal else "–", f"{100 * max(shares):.0f} %" if shares else "–",
        ", ".join(ranked[1:] + [f"{name} cannot" for name in missing]) or "–",
    ]


def table(known, *files):
    """Of one or more files' results; the rows in the order of `known`, then others."""
    lines = ["| work | zoo images/s | best peer | ratio | floor | goal | of the matrix peak | other peers |",
             "|---|---|---|---|---|---|---|---|"]
    for row in known + sorted({row for results in files for row in results} - set(known)):
        runs = [results[row] for results in files if row in results]
        if runs:
            lines.append("| " + " | ".join(cells_of(row, runs)) + " |")
    return "\n".join(lines)
