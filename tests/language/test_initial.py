from dataclasses import FrozenInstanceError

import pytest

from recurra.language import (
    Chrono,
    Filled,
    GlorotUniform,
    Identity,
    Initial,
    Normal,
    Orthogonal,
    Uniform,
)

RULES = [
    Chrono(100),
    Filled(1.0),
    GlorotUniform(),
    Identity(0.5),
    Normal(0.1),
    Orthogonal(),
    Uniform(-1, 1),
]


def test_parameters_with_equal_rules_are_grouped_together():
    groups = dict.fromkeys(RULES, "first")
    groups |= {
        Chrono(100.0, 1.0): "again",
        Filled(1): "again",
        GlorotUniform(): "again",
        Identity(0.5): "again",
        Normal(0.1): "again",
        Orthogonal(): "again",
        Uniform(-1.0, 1.0): "again",
    }
    assert list(groups.values()) == ["again"] * len(RULES)
    assert len({*RULES, Filled(2.0), Chrono(100, -1.0), Identity()}) == len(RULES) + 3


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: type(rule).__name__)
def test_a_rule_is_plain_data_that_stays_as_it_is(rule):
    assert isinstance(rule, Initial)
    for name in [*vars(rule), "more"]:
        with pytest.raises((FrozenInstanceError, TypeError, AttributeError)):
            setattr(rule, name, 2.0)
