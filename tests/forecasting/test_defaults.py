from recurra.forecasting.defaults import default_callbacks
from recurra.training import EarlyStopping, ModelCheckpoint, ReduceLROnPlateau


def test_the_callbacks_are_those_of_the_reference_case():
    stopping, checkpoint, plateau = default_callbacks()
    assert isinstance(stopping, EarlyStopping)
    assert isinstance(checkpoint, ModelCheckpoint)
    assert isinstance(plateau, ReduceLROnPlateau)
    assert stopping.patience == 20
    assert (checkpoint.save_best_only, checkpoint.filepath) == (True, None)
    assert (plateau.factor, plateau.patience, plateau.monitor.min_delta) == (0.1, 10, 1e-5)
    assert {one.monitor.name for one in (stopping, checkpoint, plateau)} == {"val_loss"}


def test_each_fit_gets_its_own():
    first, second = default_callbacks(), default_callbacks()
    assert not {*map(id, first)} & {*map(id, second)}


def test_a_fit_without_a_word_uses_them(small, frame, wave, fitted):
    explicit = small(callbacks=default_callbacks()).fit(frame(a=wave()))
    assert explicit.history_.history == fitted.history_.history
    assert explicit.predict().equals(fitted.predict())
