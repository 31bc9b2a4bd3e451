"""A task that runs every sample once, because its samples are counted beforehand."""

from inspect_ai import Task

from unmask.protocol.errors import ConfigurationError

__all__ = ["SingleEpochTask"]


class SingleEpochTask(Task):
    """A task that refuses `--epochs` above 1 as soon as Inspect sets it, which is before anything is generated."""

    @property
    def epochs(self) -> int | None:
        """How often every sample is run; None where nobody has said so.

        Raises:
            ConfigurationError: If it is set to more than 1.
        """
        return self._epochs

    @epochs.setter
    def epochs(self, number: int | None) -> None:
        if number is not None and number > 1:
            raise ConfigurationError(f"epochs={number}: a search spends its budget on new prompts and runs each once")
        self._epochs = number
