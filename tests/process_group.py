"""Processes of one group, which run functions together."""

from __future__ import annotations

import multiprocessing
import os
import pickle
import traceback

import torch
import torch.distributed as dist

_FRESH = multiprocessing.get_context("spawn")


class Group:
    """So many processes, each of one thread."""

    def __init__(self, count, store):
        self.pipes, self.processes = [], []
        for rank in range(count):
            own, theirs = _FRESH.Pipe()
            given = (rank, count, store, theirs)
            process = _FRESH.Process(target=_serve, args=(given,), daemon=True)
            process.start()
            theirs.close()
            self.pipes.append(own)
            self.processes.append(process)

    def run(self, function, *given):
        """What each gave, by rank."""
        for pipe in self.pipes:
            pipe.send((function, given))
        found = [self.answer(rank) for rank in range(len(self.pipes))]
        for _, error in found:
            assert error is None, error
        return [answer for answer, _ in found]

    def answer(self, rank):
        """What one gave, and what went wrong in it."""
        assert self.pipes[rank].poll(120), f"process {rank} does not answer"
        answer, error = self.pipes[rank].recv()
        return (None if answer is None else pickle.loads(answer)), error

    def end(self):
        for process in self.processes:
            process.kill()
            process.join()


def _serve(given):
    rank, count, store, pipe = given
    torch.set_num_threads(1)
    dist.init_process_group("gloo", init_method=f"file://{store}", rank=rank, world_size=count)
    while True:
        function, given = pipe.recv()
        try:
            # Tensors would go by files of the process, which may be gone.
            pipe.send((pickle.dumps(function(*given)), None))
        except Exception as error:
            pipe.send((None, f"{type(error).__name__}: {error}\n{traceback.format_exc()}"))
        except SystemExit:
            os._exit(1)
