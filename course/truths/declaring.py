"""What a truth is: a function of data sets that it names."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from inspect import signature
from typing import Any

TRUTHS: dict[str, "Truth"] = {}


@dataclass(frozen=True)
class Truth:
    """The right result of an exercise, or a slip, and the data sets that it is computed from.

    Where learners draw their own part of the data, ``compute`` takes what one of them drew.
    """

    compute: Callable[..., Any]
    datasets: tuple[str, ...]

    @property
    def drawn(self) -> bool:
        """Whether it differs between learners."""
        return bool(signature(self.compute).parameters)

    def __call__(self, values: Mapping[str, float] | None = None) -> Any:
        """Return a number, ``Series`` or ``DataFrame``."""
        return self.compute(values or {}) if self.drawn else self.compute()


def computed_from(*datasets: str) -> Callable[[Callable[..., Any]], Truth]:
    """Declare a function as a truth under its own name.

    Parameters
    ----------
    *datasets : str
        Names of all the data sets it needs; whoever hands out the exercise hands these out too.

    Raises
    ------
    ValueError
        When there is a truth of this name already.

    Examples
    --------
    >>> @computed_from("zernokrok_customers")
    ... def customers_of_the_example():
    ...     return 672
    >>> customers_of_the_example(), TRUTHS.pop("customers_of_the_example").datasets
    (672, ('zernokrok_customers',))
    """

    def declare(compute: Callable[..., Any]) -> Truth:
        if compute.__name__ in TRUTHS:
            raise ValueError(f"two truths are called {compute.__name__}")
        TRUTHS[compute.__name__] = Truth(compute, datasets)
        return TRUTHS[compute.__name__]

    return declare
