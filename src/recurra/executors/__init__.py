"""Many independent pieces of work: on this machine's processors, or on many machines.

Each executor is a ``concurrent.futures.Executor``, so that who hands out the work need not know
where it is done::

    with executors.opened(workers=4) as executor:
        fitted = list(executor.map(fit, groups))

Functions, what they are given and what they return must be picklable: functions of a module, no
lambdas. A script that opens an executor guards what it runs by ``if __name__ == "__main__":``, as
any that starts processes.
"""

from recurra.executors.local import LocalExecutor
from recurra.executors.on_ray import RayExecutor
from recurra.executors.opened import opened

__all__ = ["LocalExecutor", "RayExecutor", "opened"]
