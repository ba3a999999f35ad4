"""Pictures made better, point by point: one to one."""

from recurra.applications.enhance.enhancer import Enhancer

__all__ = ["Enhancer"]
