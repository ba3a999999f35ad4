import torch

from recurra.forecasting.stepwise.sight import Sight


def test_within_the_lookback_a_step_shows_its_value():
    sight = Sight(3, 2)
    assert (sight.channels, sight.reach) == (1, 3)
    assert sight.inputs(torch.arange(5.0).reshape(1, 5)).tolist() == [[[2], [3], [4]]]


def test_beyond_the_lookback_the_last_step_shows_what_the_change_is_counted_from():
    sight = Sight(2, 4)
    assert (sight.channels, sight.reach) == (2, 5)
    history = torch.arange(5.0).reshape(1, 5)
    # The next value stands at 5; four steps before it stands 1.
    assert sight.inputs(history).tolist() == [[[3, 0], [4, 1]]]


def test_more_history_than_is_seen_changes_nothing():
    sight = Sight(2, 4)
    longer = torch.arange(-7.0, 5.0).reshape(1, 12)
    assert torch.equal(sight.inputs(longer), sight.inputs(longer[:, -sight.reach :]))
