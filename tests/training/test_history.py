import math

from recurra.training import History


def test_quantities_that_some_epochs_lack_stay_in_step():
    history = History()
    history.record(0, {"loss": 3.0})
    history.record(1, {"loss": 2.0, "extra": 5.0})
    history.record(2, {"extra": 6.0})
    assert history.epoch == [0, 1, 2]
    assert history.history["loss"][:2] == [3.0, 2.0]
    assert math.isnan(history.history["loss"][2])
    assert math.isnan(history.history["extra"][0])
    assert history.history["extra"][1:] == [5.0, 6.0]


def test_as_a_table_it_has_a_row_an_epoch():
    history = History()
    history.record(0, {"loss": 0.5, "learning_rate": 0.001})
    history.record(1, {"loss": 0.25})
    assert history.to_csv() == "epoch,loss,learning_rate\n0,0.5,0.001\n1,0.25,nan\n"
