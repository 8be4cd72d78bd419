"""Calls by `fullrank.backend`, as the scripts that compare libraries make them."""
from __future__ import annotations

import time

import numpy as np
import pytest
from conftest import slow_profile

import fullrank
from fullrank._library import library
from fullrank.backend import COMPUTED, Backend, Problem


@pytest.fixture(scope="module")
def session():
    session = Backend(library("cpu").path).open(threads=1)
    yield session
    session.close()


def test_shallow(session):
    problem = Problem(6, 2, 3, seed=4)
    jacobians = session.jacobians(problem, 3)
    pivots, outcomes = session.rank_profiles(problem, 3)
    assert (outcomes == COMPUTED).all() and pivots.tolist() == [slow_profile(j.tolist()) for j in jacobians]
    assert session.matrix_rank_profiles(jacobians)[0].tolist() == pivots.tolist()
    columns, proofs, _ = session.column_profiles(problem, 3)
    assert columns.shape == (3, 6) and proofs.shape == (3,)
    inputs, weights, biases = session.samples(problem, 2)
    ours = fullrank.trial(d0=2, n=6, d1=3, seed=4, trial=2)
    assert (inputs == ours.inputs).all() and (weights == ours.weights).all() and (biases == ours.biases).all()
    assert (jacobians[2] == ours.jacobian).all()


def test_deep(session):
    problem = Problem(5, 2, 3)
    pivots, outcomes = session.deep_rank_profiles(problem, [4], 3)
    jacobians, _ = session.deep_jacobians(problem, [4], 3)
    assert (outcomes == COMPUTED).all() and jacobians.shape == (3, 5, 3 * 5 + 4 * 3)
    assert ((pivots >= 0).sum(axis=1) >= [np.linalg.matrix_rank(j) for j in jacobians]).all()


def test_singular_values(session):
    matrices = np.random.default_rng(0).standard_normal((4, 5, 7))
    try:
        found, outcomes = session.matrix_singular_values(matrices)
    except fullrank.BackendUnavailable:
        pytest.skip("no LAPACKE here")
    values = np.linalg.svd(matrices, compute_uv=False)
    assert np.allclose(found["largest"], values[:, 0]) and np.allclose(found["smallest"], values[:, -1])
    cells, _ = session.singular_values(Problem(5, 2, 3), 2, [(3, 2), (5, 3)])
    assert cells.shape == (2, 2) and (outcomes == COMPUTED).all()


def test_calls_are_timed_in_their_own_thread(session):
    begun = time.thread_time()
    session.rank_profiles(Problem(400, 5, 90), 10)
    assert time.thread_time() - begun > 0.005


def test_other_libraries_are_refused(tmp_path):
    (tmp_path / "none.so").write_bytes(b"no library")
    for path in (str(tmp_path / "none.so"), "libm.so.6"):
        with pytest.raises(fullrank.BackendUnavailable):
            Backend(path)
