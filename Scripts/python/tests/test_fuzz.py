"""Whatever is handed over: an answer that a slow reference shares, or an exception of Python. Never a crash."""
from __future__ import annotations

import warnings

import numpy as np
from conftest import slow_profile, slow_rank
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

import fullrank

kinds = st.one_of(hnp.integer_dtypes(), hnp.unsigned_integer_dtypes(), hnp.floating_dtypes(sizes=(16, 32, 64)),
                  hnp.boolean_dtypes())
shapes = hnp.array_shapes(min_dims=2, max_dims=3, min_side=0, max_side=6)


@st.composite
def arrays(draw):
    """Of any numeric type, strided, reversed, transposed, read-only."""
    array = draw(hnp.arrays(draw(kinds), draw(shapes)))
    if draw(st.booleans()):
        array = array.swapaxes(-1, -2)
    steps = tuple(slice(None, None, draw(st.sampled_from([1, -1, 2]))) for _ in array.shape)
    array = array[steps]
    array.flags.writeable = draw(st.booleans()) and array.flags.writeable
    return array


@given(arrays())
@settings(max_examples=300, deadline=None)
def test_any_numbers(array):
    before = array.tobytes()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            ranks, profiles = fullrank.rank(array), fullrank.rank_profile(array)
        except fullrank.DataError:
            assert not np.isfinite(array).all()
            return
    assert np.isfinite(array).all() and array.tobytes() == before
    rows, columns = array.shape[-2:]
    count = np.size(ranks)
    for matrix, rank, profile in zip(array.reshape(count, rows, columns), np.ravel(ranks), profiles.reshape(count, rows)):
        # One prime may fall short; two hardly.
        assert rank == slow_rank(matrix.tolist())
        assert (profile >= 0).sum() <= rank
        if (profile >= 0).sum() == rank and rank == min(matrix.shape):
            assert sorted(profile[profile >= 0]) == sorted(p for p in slow_profile(matrix.tolist()) if p >= 0)


anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=3) | st.complex_numbers()
    | st.binary(max_size=3), lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=2), inner),
    max_leaves=8)


@given(anything)
@settings(max_examples=100, deadline=None)
def test_anything_at_all(value):
    for function in (fullrank.rank, fullrank.rank_profile):
        try:
            function(value)
        except (TypeError, ValueError):
            pass


whole = st.integers(-3, 12) | st.sampled_from([-1 << 70, 1 << 31, 1 << 56, 1 << 64, 1.5, "3", None])


@given(st.fixed_dictionaries({}, optional={
    "d0": whole, "n": whole, "d1": whole, "seed": whole, "trials": whole, "first_trial": whole, "prime": whole,
    "threads": st.sampled_from([None, 1, 2, 0, -1, 1 << 40]), "bias": st.booleans() | whole,
    "inputs": st.sampled_from(["normal", "uniform", "cube", "given", ""]) | hnp.arrays("f8", shapes),
    "init": st.sampled_from(["uniform", "he-uniform", "normal", "given"]),
    "patterns": st.sampled_from([None, "init", "bernoulli", "regions", "x"]), "backend": st.sampled_from(["cpu", "x"])}))
@settings(max_examples=300, deadline=None)
def test_any_arguments_of_trials(arguments):
    try:
        pivots = fullrank.rank_profiles(**arguments)
    except (TypeError, ValueError, MemoryError, fullrank.BackendUnavailable):
        return
    assert pivots.shape[0] == arguments["trials"]
    for row in pivots:
        held = row[row >= 0]
        assert len(set(held)) == len(held)
