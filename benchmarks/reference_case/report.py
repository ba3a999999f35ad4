"""What a peer tells the runner: one record for each variant, as JSON."""

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class SeedResult:
    """Figures of one seed; errors on the original scale, ``None`` where a peer gives no figure."""

    seed: int
    test_mse: float
    recursive_mae: float | None
    best_epoch: int | None
    epochs: int | None


@dataclass(frozen=True)
class Variant:
    """All seeds of one way to run one peer."""

    peer: str
    scale: str
    settings: str
    versions: str
    checksum: str
    results: list[SeedResult]


def write(variants: list[Variant], path: Path) -> None:
    """Writes the variants to ``path``."""
    path.write_text(json.dumps([asdict(v) for v in variants], indent=1), encoding="utf-8")


def read(path: Path) -> list[Variant]:
    """Reads what `write` wrote."""
    return [_variant(record) for record in json.loads(path.read_text(encoding="utf-8"))]


def say(name: str, result: SeedResult) -> None:
    """Prints one seed's figures."""
    recursive = (
        "" if result.recursive_mae is None else f"  recursive MAE {result.recursive_mae:.3e}"
    )
    print(f"{name}  seed {result.seed}  test MSE {result.test_mse:.3e}{recursive}", flush=True)


def _variant(record: dict[str, Any]) -> Variant:
    results = [SeedResult(**r) for r in record.pop("results")]
    return Variant(results=results, **record)
