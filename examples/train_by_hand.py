"""The reference case without a forecaster: a network, a trainer and callbacks of one's own choice.

Ten epochs instead of fifty, so that it is done in seconds.
"""

import torch
from torch import Tensor, nn

from recurra import (
    EarlyStopping,
    ManyToOne,
    ModelCheckpoint,
    Recurrent,
    ReduceLROnPlateau,
    RMSprop,
    Trainer,
    summary,
)

LOOKBACK, HELD_OUT = 10, 200


def windows(series: Tensor) -> tuple[Tensor, Tensor]:
    """Inputs (N, 10, 1) and the values after them (N, 1)."""
    rows = series.unfold(0, LOOKBACK + 1, 1)
    return rows[:, :-1, None], rows[:, -1:]


def main() -> None:
    """Trains on the sine and judges on its last 200 points."""
    sine = torch.sin(0.1 * torch.arange(2000, dtype=torch.float64)).float()
    x, y = windows(sine)
    train = x[: -2 * HELD_OUT], y[: -2 * HELD_OUT]
    validation = x[-2 * HELD_OUT : -HELD_OUT], y[-2 * HELD_OUT : -HELD_OUT]
    test = x[-HELD_OUT:], y[-HELD_OUT:]

    torch.manual_seed(0)
    model = ManyToOne(Recurrent("lstm", 1, (50, 100), batch_first=True), output_size=1)
    summary(model)
    trainer = Trainer(
        model,
        nn.MSELoss(),
        RMSprop(model.parameters(), lr=1e-3),
        callbacks=[
            EarlyStopping(patience=20),
            ModelCheckpoint(save_best_only=True),
            ReduceLROnPlateau(factor=0.1, patience=10, min_delta=1e-5),
        ],
    )
    history = trainer.fit(train, validation, epochs=10, batch_size=32)
    for epoch, loss in zip(history.epoch, history.history["val_loss"], strict=True):
        print(f"epoch {epoch + 1:2}: validation loss {loss:.2e}")
    print(f"{history.stopped} in {history.seconds:.1f} s")
    print(f"mean squared error on the test part, best weights: {trainer.evaluate(test):.2e}")


if __name__ == "__main__":
    main()
