"""Options that several commands share, as one argument of the command."""

import functools
import inspect
from collections.abc import Callable

import typer

from imbgan.exceptions import ParameterError


def takes(**factories: Callable[..., object]) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Give a command the options of ``factories`` in place of the arguments that have their names.

    Typer reads options from the signature of a command. So each option is a parameter of the factory that makes one
    value of them, and all commands that take this value share its options.
    """

    def decorate(command: Callable[..., None]) -> Callable[..., None]:
        shared = {name: inspect.signature(factory).parameters for name, factory in factories.items()}
        own = [each for each in inspect.signature(command).parameters.values() if each.name not in factories]

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

        parameters = [each.replace(kind=inspect.Parameter.KEYWORD_ONLY) for each in own]
        parameters += [each for of_one in shared.values() for each in of_one.values()]
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
