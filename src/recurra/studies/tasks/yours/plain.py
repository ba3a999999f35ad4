"""What is answered by those that read nothing, and know only how often what comes."""

from __future__ import annotations

from dataclasses import replace

from recurra.studies.material import Material, Plain, asked_of, mean_of_each, unread

NAMES = {
    "class": "the commonest class",
    "symbols": "how often each letter comes",
    "keys": "how often each key sounds",
}


def with_plain(material: Material) -> Material:
    """The same, with the answer that a network must beat."""
    answer, test = material.answer, material.test
    losses = mean_of_each(unread(answer, material.train, test), asked_of(answer, test))
    return replace(material, plain=Plain(NAMES[answer], losses, material.baseline))
