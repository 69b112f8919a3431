"""An engine computes the same whatever its processes are: here those of joblib, and one that is none."""

import os
import sys
import warnings
from operator import mul
from types import ModuleType, SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from imbgan.engines import LocalEngine, RayEngine, resolve_engine
from imbgan.engines.trees import Tree
from imbgan.exceptions import ParameterError


@pytest.mark.parametrize("n_jobs", [None, 2])
def test_local_results_are_those_of_the_function(n_jobs):
    with LocalEngine() as engine:
        assert engine.n_workers(n_jobs) == (n_jobs or 1)
        assert sorted(engine.map(mul, range(5), shared=(10,), n_jobs=n_jobs)) == [0, 10, 20, 30, 40]


def test_local_items_are_taken_when_a_process_is_free():
    taken = []

    def items():
        for number in range(3):
            taken.append(number)
            yield number

    with LocalEngine() as engine:
        results = engine.map(mul, items(), shared=(1,))
        assert (next(results), taken) == (0, [0])
        results.close()
    assert taken == [0]


def test_a_local_error_arrives_as_it_was_raised():
    with pytest.raises(ZeroDivisionError), LocalEngine() as engine:
        list(engine.map(divmod, [0], shared=(1,)))


@pytest.mark.parametrize(("name", "kind"), [("local", LocalEngine), ("ray", RayEngine)])
def test_engines_have_names(name, kind):
    assert isinstance(resolve_engine(name), kind)
    engine = kind()
    assert resolve_engine(engine) is engine


@pytest.mark.parametrize(
    ("engine", "hint"), [("rey", "Did you mean 'ray'"), (3, "Got 3"), (os, "Got <module"), (RayEngine, "Got <class")]
)
def test_what_is_no_engine_is_refused(engine, hint):
    with pytest.raises(ParameterError, match=hint):
        resolve_engine(engine)


def test_a_missing_ray_names_the_extra(monkeypatch):
    monkeypatch.setitem(sys.modules, "ray", None)
    with pytest.raises(ImportError, match=r"imbgan\[ray\]"), RayEngine():
        pass


class FakeRay(ModuleType):
    """Ray without processes."""

    def __init__(self):
        super().__init__("ray")
        self.connected, self.log = False, []

    def is_initialized(self):
        return self.connected

    def init(self, address, **settings):
        warnings.warn("os.fork() was called.", RuntimeWarning, stacklevel=2)
        self.connected = True
        self.log.append(address)

    def shutdown(self):
        self.connected = False
        self.log.append("shutdown")

    def get_runtime_context(self):
        return SimpleNamespace(gcs_address="there")

    def cluster_resources(self):
        return {"CPU": 0.3}


def test_an_engine_that_is_entered_again_closes_its_connection_at_the_outermost_end(monkeypatch):
    ray = FakeRay()
    monkeypatch.setitem(sys.modules, "ray", ray)
    with RayEngine("there") as engine:
        for _ in range(2):
            with resolve_engine(engine), RayEngine():
                assert ray.connected
        assert ray.log == ["there"]
    assert ray.log == ["there", "shutdown"]
    with pytest.raises(ZeroDivisionError), engine:
        raise ZeroDivisionError
    assert ray.log == ["there", "shutdown"] * 2


def test_a_share_of_a_core_is_counted_without_rounding_errors(monkeypatch):
    monkeypatch.setitem(sys.modules, "ray", FakeRay())
    assert RayEngine(cpus=0.1).n_workers(None) == 3  # 0.3 / 0.1 is a little less than 3


def test_filters_of_warnings_are_those_of_the_caller_between_results():
    before = list(warnings.filters)
    with LocalEngine() as engine:
        results = engine.map(mul, range(3), shared=(1,))
        assert next(results) == 0
        assert list(warnings.filters) == before


def shape(n_leaves, order):
    tree = Tree(n_leaves)
    for number in order:
        pair = tree.add(str(number), 0, number)
        while pair is not None:
            pair = tree.add(f"({pair.first} {pair.second})", pair.level, pair.number)
    return tree.root


def test_a_tree_merges_neighbors_in_their_order():
    assert shape(1, [0]) == "0"
    assert shape(7, range(7)) == "(((0 1) (2 3)) ((4 5) 6))"


@given(st.permutations(range(11)), st.integers(1, 11))
def test_the_shape_of_a_tree_does_not_depend_on_which_leaf_is_ready_first(order, n_leaves):
    assert shape(n_leaves, [number for number in order if number < n_leaves]) == shape(n_leaves, range(n_leaves))


def test_local_results_are_merged_by_a_tree():
    with LocalEngine() as engine:
        merged = engine.reduce(mul, ["a", "b", "c"], "({} {})".format, shared=(2,))
        assert engine.call(mul, 2, 3) == 6
    assert merged == "((aa bb) cc)"
