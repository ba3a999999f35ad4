"""Sums up the conformance of all cells at the end of `make conformance`."""

from collections import Counter, defaultdict


def pytest_terminal_summary(terminalreporter, config):
    if "not every_cell" in config.option.markexpr:
        return
    reports = [r for key in ("passed", "failed") for r in terminalreporter.stats.get(key, [])]
    found = [value for r in reports for key, value in r.user_properties if key == "conformance"]
    if not found:
        return
    terminalreporter.section("conformance")
    outcomes = Counter(outcome for _, _, outcome, _ in found)
    subjects = len({label for label, *_ in found})
    counts = ", ".join(f"{count} {outcome}" for outcome, count in outcomes.most_common())
    terminalreporter.line(f"{subjects} cells with their options and regularisers: {counts}")
    reasons = defaultdict(list)
    for label, check, outcome, detail in found:
        if outcome == "does not apply":
            reasons[check, detail].append(label)
    for (check, detail), labels in reasons.items():
        terminalreporter.line(f"{check!r} does not apply to {', '.join(labels)}: {detail}")
