"""Recurra's layers and trainer on the windows that the peers get."""

from importlib.metadata import version

import case
import speed_told
import torch
from speed_stopwatch import Stopwatch
from torch import Tensor, nn

from recurra import ManyToOne, Recurrent, RMSprop, Trainer


def tensors(windows: case.Windows) -> tuple[Tensor, Tensor]:
    """Inputs and targets."""
    return torch.from_numpy(windows.inputs), torch.from_numpy(windows.targets)


def main() -> None:
    data = case.build(speed_told.SCALE)
    torch.manual_seed(0)
    model = ManyToOne(Recurrent("lstm", 1, case.HIDDEN, batch_first=True), output_size=1)
    watch = Stopwatch()
    optimizer = RMSprop(model.parameters(), lr=case.LEARNING_RATE)
    trainer = Trainer(model, nn.MSELoss(), optimizer, callbacks=[watch])
    trainer.fit(
        tensors(data.train),
        tensors(data.validation),
        epochs=speed_told.epochs(),
        batch_size=case.BATCH,
    )
    with torch.inference_mode():
        predictions = model.eval()(torch.from_numpy(data.test.inputs)).numpy()
    versions = f"Recurra {version('recurra')}, PyTorch {torch.__version__}, {speed_told.python()}"
    threads = f"torch {torch.get_num_threads()}"
    mse = case.test_mse(data, predictions)
    speed_told.tell(speed_told.Told(watch.seconds, mse, threads, versions))


if __name__ == "__main__":
    main()
