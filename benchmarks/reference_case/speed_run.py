"""One peer as a process: timed from its start to its predictions."""

import json
import os
import subprocess
import tempfile
import time
from pathlib import Path

from speed_peers import Peer
from speed_told import Told

HERE = Path(__file__).resolve().parent


class Runner:
    """Runs peers, and keeps what those with a filled cache have compiled.

    Args:
        folder: Where the filled caches lie.
        epochs: How many each peer trains.
    """

    def __init__(self, folder: Path, epochs: int) -> None:
        self._folder = folder
        self._epochs = epochs

    def run(self, peer: Peer) -> tuple[float, Told]:
        """The seconds from its start to its predictions, and what it told.

        Raises:
            SystemExit: If it failed.
        """
        if peer.state != "empty":
            return self._timed(peer, self._kept(peer))
        with tempfile.TemporaryDirectory() as empty:
            return self._timed(peer, Path(empty))

    def _kept(self, peer: Peer) -> Path:
        """The place of its cache, filled by a run that does not count."""
        # Compilers take a blank in a path for its end.
        place = self._folder / peer.name.replace(" ", "-")
        if peer.state == "filled" and not place.exists():
            place.mkdir()
            self._timed(peer, place)
        return place

    def _timed(self, peer: Peer, cache: Path) -> tuple[float, Told]:
        environment = {**os.environ, **dict(peer.settings)}
        if peer.cache:
            environment[peer.cache] = str(cache)
        script, *arguments = peer.command
        command = [peer.python, str(HERE / script), *arguments, "--epochs", str(self._epochs)]
        start = time.perf_counter()
        with subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment
        ) as process:
            assert process.stdout is not None
            line = process.stdout.readline()
            seconds = time.perf_counter() - start
            _, errors = process.communicate()
        if process.returncode or not line:
            raise SystemExit(f"{peer.label} failed:\n{errors}")
        return seconds, Told(**json.loads(line))
