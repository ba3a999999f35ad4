"""One training by several processes, each on its share of every batch."""

from recurra.training.distributed.ranks import Ranks, is_first, ranks

__all__ = ["Ranks", "is_first", "ranks"]
