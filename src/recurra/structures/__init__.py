"""What recurrent networks are shaped into: a recurrent part and a head."""

from recurra.structures.many_to_one import ManyToOne

__all__ = ["ManyToOne"]
