"""Options that several commands share, as one argument of the command."""

import functools
import inspect
from collections.abc import Callable

import typer

from imbgan.exceptions import ParameterError


def takes(**factories: Callable[..., object]) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Give a command the options of ``factories`` in the places of the arguments that have their names.

    Typer reads options from the signature of a command, and shows them in its order. So each option is a parameter of
    the factory that makes one value of them, and all commands that take this value share its options.
    """

    def decorate(command: Callable[..., None]) -> Callable[..., None]:
        shared = {name: inspect.signature(factory).parameters for name, factory in factories.items()}

        @functools.wraps(command)
        def run(**arguments: object) -> None:
            values: dict[str, object] = {}
            for name, parameters in shared.items():
                chosen = {option: arguments.pop(option) for option in parameters if option in arguments}
                try:
                    values[name] = factories[name](**chosen)
                except ParameterError as error:
                    raise typer.BadParameter(str(error)) from error
            command(**arguments, **values)

        parameters: list[inspect.Parameter] = []
        for each in inspect.signature(command).parameters.values():
            options = shared[each.name].values() if each.name in shared else [each]
            parameters += [option.replace(kind=inspect.Parameter.KEYWORD_ONLY) for option in options]
        setattr(run, "__signature__", inspect.Signature(parameters))  # noqa: B010 - type checkers do not know it
        run.__annotations__ = {each.name: each.annotation for each in parameters}
        return run

    return decorate


def without(factory: Callable[..., object], *names: str) -> Callable[..., object]:
    """Return a factory that lacks the options ``names``, for commands in which they mean nothing."""

    @functools.wraps(factory)
    def make(**arguments: object) -> object:
        return factory(**arguments)

    kept = [each for name, each in inspect.signature(factory).parameters.items() if name not in names]
    setattr(make, "__signature__", inspect.Signature(kept))  # noqa: B010 - type checkers do not know it
    return make
