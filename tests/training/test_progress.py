import io

from rich.console import Console

from recurra.training import EarlyStopping, Progress
from recurra.training.callbacks import progress


def console(**options) -> Console:
    return Console(file=io.StringIO(), width=120, **options)


def test_shows_epoch_and_losses_and_gives_the_terminal_back(scripted_fit):
    terminal = console(force_terminal=True)
    scripted_fit(Progress(terminal), values=(0.5, 0.25))
    shown = terminal.file.getvalue()
    assert "epoch 2 of 2" in shown
    assert "val_loss 0.25" in shown
    assert shown.rindex("\x1b[?25h") > shown.rindex("\x1b[?25l")  # cursor shown after hidden


def test_where_there_is_no_terminal_only_the_last_state_is_printed(scripted_fit):
    plain = console()
    scripted_fit(Progress(plain), values=(0.5, 0.25, 0.125))
    lines = plain.file.getvalue().strip().splitlines()
    assert len(lines) == 1
    assert "epoch 3 of 3" in lines[0]
    assert "val_loss 0.125" in lines[0]


def test_draws_to_stderr_by_default(scripted_fit, capsys):
    scripted_fit(Progress(), values=(0.5,))
    said = capsys.readouterr()
    assert "epoch 1 of 1" in said.err
    assert said.out == ""


def test_a_batch_costs_no_drawing_until_a_tenth_of_a_second_has_passed(scripted_fit, monkeypatch):
    class Counting(Progress):
        drawings = 0

        def _draw(self) -> None:
            self.drawings += 1
            super()._draw()

    clock = [0.0]
    monkeypatch.setattr(progress.time, "monotonic", lambda: clock[0])
    callback = Counting(console())
    trainer = scripted_fit(callback, values=(0.5,))
    assert callback.drawings == 1  # the last state
    callback.on_train_begin(trainer)
    for step in range(1000):
        callback.on_train_batch_end(trainer, step)
    assert callback.drawings == 1
    clock[0] = 0.1
    callback.on_train_batch_end(trainer, 1000)
    callback.on_train_end(trainer)
    assert callback.drawings == 3


def test_batches_move_the_bar_when_it_has_stood_long_enough(scripted_fit, monkeypatch):
    monkeypatch.setattr(progress, "SECONDS_BETWEEN_DRAWINGS", 0.0)
    terminal = console(force_terminal=True)
    scripted_fit(Progress(terminal), values=(0.5, 0.25))
    assert "epoch 1 of 2" in terminal.file.getvalue()


def test_an_early_stop_leaves_the_epoch_reached(scripted_fit):
    plain = console()
    scripted_fit(Progress(plain), EarlyStopping(patience=1), values=(0.5, 0.6, 0.7))
    assert "epoch 2 of 3" in plain.file.getvalue()


def test_after_early_stopping_no_time_is_said_to_be_left(scripted_fit):
    plain = console()
    scripted_fit(EarlyStopping(patience=1), Progress(plain), values=(0.5, 0.6, 0.7, 0.8, 0.9, 1.0))
    assert "0:00:00 left" in plain.file.getvalue()
