"""What tokens cost: a file of prices, and Inspect's own reckoning."""

from pathlib import Path

from inspect_ai.model import ModelCost, ModelUsage, compute_model_cost
from pydantic import Field, ValidationError

from unmask.protocol.errors import ConfigurationError
from unmask.protocol.files import Record, read

__all__ = ["Price", "read_prices", "usage_cost"]


class Price(Record):
    """USD per million tokens of one model; None where it is not known."""

    input: float | None = Field(default=None, ge=0)
    output: float | None = Field(default=None, ge=0)
    input_cache_read: float | None = Field(default=None, ge=0)
    input_cache_write: float | None = Field(default=None, ge=0)


def read_prices(path: Path) -> dict[str, Price]:
    """Read a file of prices: a model's name as Inspect has it -> USD per million tokens.

    Args:
        path: The YAML file.

    Raises:
        ConfigurationError: If it cannot be read, naming the file, the model and the key.
    """
    raw = read(path)
    if not isinstance(raw, dict):
        raise ConfigurationError(f"{path}: must be a mapping of models to prices")
    found = {}
    for model, price in raw.items():
        if model == "canary":
            continue
        try:
            found[str(model)] = Price.model_validate(price)
        except ValidationError as error:
            first = error.errors()[0]
            place = "".join(f", key {step!r}" for step in first["loc"])
            raise ConfigurationError(f"{path}: model {model!r}{place}: {first['msg']}") from error
    return found


def usage_cost(price: Price | None, usage: ModelUsage) -> float | None:
    """What tokens cost, in USD.

    Args:
        price: The model's; what goes through a prompt cache costs what input does where nothing else is said.
        usage: The tokens.

    Returns:
        None where the price of input or output is not known.
    """
    if price is None or price.input is None or price.output is None:
        return None
    cached = {
        "input_cache_read": price.input if price.input_cache_read is None else price.input_cache_read,
        "input_cache_write": price.input if price.input_cache_write is None else price.input_cache_write,
    }
    return compute_model_cost(ModelCost(input=price.input, output=price.output, **cached), usage)
