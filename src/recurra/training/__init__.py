"""Training any ``torch.nn.Module``: a short loop, named hooks, callbacks, optimizers."""

from recurra.training.averaging import WeightAverage
from recurra.training.buckets import LengthBuckets, padded
from recurra.training.callback import Callback
from recurra.training.callbacks.csv_logger import CSVLogger
from recurra.training.callbacks.early_stopping import EarlyStopping
from recurra.training.callbacks.grow_length import GrowLength
from recurra.training.callbacks.model_checkpoint import ModelCheckpoint
from recurra.training.callbacks.progress import Progress
from recurra.training.callbacks.reduce_lr_on_plateau import ReduceLROnPlateau
from recurra.training.callbacks.tensorboard import TensorBoard
from recurra.training.carrying import detached
from recurra.training.checkpoints.checkpoint import Checkpoint
from recurra.training.examples import Examples
from recurra.training.history import History
from recurra.training.length_schedule import LastSteps, LengthSchedule
from recurra.training.loop import Trainer
from recurra.training.optimizers import SGD, Adam, AdamW, Clip, RMSprop, build_optimizer
from recurra.training.passes import passes
from recurra.training.schedule import Steady, WarmupCosine
from recurra.training.steps import StepTrainer
from recurra.training.streams import StreamChunks
from recurra.training.truncated import evaluate_truncated, fit_truncated

__all__ = [
    "SGD",
    "Adam",
    "AdamW",
    "CSVLogger",
    "Callback",
    "Checkpoint",
    "Clip",
    "EarlyStopping",
    "Examples",
    "GrowLength",
    "History",
    "LastSteps",
    "LengthBuckets",
    "LengthSchedule",
    "ModelCheckpoint",
    "Progress",
    "RMSprop",
    "ReduceLROnPlateau",
    "Steady",
    "StepTrainer",
    "StreamChunks",
    "TensorBoard",
    "Trainer",
    "WarmupCosine",
    "WeightAverage",
    "build_optimizer",
    "detached",
    "evaluate_truncated",
    "fit_truncated",
    "padded",
    "passes",
]
