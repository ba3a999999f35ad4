"""The reference case as whole processes, timed: Recurra beside PyTorch, JAX and Keras.

    python benchmarks/reference_case/speed.py --rounds 3     # `make bench-peers` first

The peers are run in turn, one process each a round. Writes
benchmarks/results/reference_case_speed.json and docs/results/speed.md; with other than all
epochs, or some peers only, which says nothing but that the programs run, to .bench/smoke instead.
"""

import argparse
import json
import shutil
import tempfile
from dataclasses import asdict
from pathlib import Path
from typing import Any

import case
from run import processor
from speed_page import page
from speed_peers import COMPILED, PEERS, Peer
from speed_run import Runner

ROOT = Path(__file__).resolve().parents[2]


def absence(peer: Peer) -> str:
    """Why a peer cannot be run; "" if it can."""
    if not Path(peer.python).exists():
        return "its environment is not there, `make bench-peers` makes it"
    if COMPILED in peer.command and not any(map(shutil.which, ("g++", "clang++", "c++"))):
        return "there is no C++ compiler here, which torch.compile needs"
    return ""


def measure(peers: list[Peer], rounds: int, epochs: int) -> dict[str, list[dict[str, Any]]]:
    """For each peer, what its runs took and told."""
    found: dict[str, list[dict[str, Any]]] = {peer.label: [] for peer in peers}
    with tempfile.TemporaryDirectory() as folder:
        runner = Runner(Path(folder), epochs)
        for number in range(rounds):
            for peer in peers:
                seconds, told = runner.run(peer)
                found[peer.label].append({"seconds": seconds, **asdict(told)})
                print(f"round {number + 1}: {peer.label}, {seconds:.2f} s", flush=True)
    return found


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--epochs", type=int, default=case.EPOCHS)
    parser.add_argument("--only", default="", help="peers whose label has this in it")
    given = parser.parse_args()
    wanted = [peer for peer in PEERS if given.only.lower() in peer.label.lower()]
    absent = [f"{peer.label}: {absence(peer)}" for peer in wanted if absence(peer)]
    found = measure([p for p in wanted if not absence(p)], given.rounds, given.epochs)
    write(found, absent, smoke=given.epochs != case.EPOCHS or bool(given.only))


def write(found: dict[str, list[dict[str, Any]]], absent: list[str], *, smoke: bool) -> None:
    """The figures and the page."""
    places = ("benchmarks/results", "docs/results") if not smoke else (".bench/smoke",) * 2
    figures, text = (ROOT / place for place in places)
    for place in (figures, text):
        place.mkdir(parents=True, exist_ok=True)
    kept = {"processor": processor(), "absent": absent, "peers": found}
    path = figures / "reference_case_speed.json"
    path.write_text(json.dumps(kept, indent=1) + "\n", encoding="utf-8")
    written = page(found, processor(), absent)
    (text / "speed.md").write_text(written, encoding="utf-8")
    print(written)


if __name__ == "__main__":
    main()
