from __future__ import annotations

import io
import json
import subprocess
import warnings

import numpy as np
import pytest
from conftest import slow_profile, slow_rank

import fullrank
from fullrank import _primes, _stacks

RANDOM = np.random.default_rng(5)


def planted(rank: int, rows: int, columns: int) -> np.ndarray:
    return RANDOM.integers(-9, 9, (rows, rank)) @ RANDOM.integers(-9, 9, (rank, columns))


@pytest.mark.parametrize("kind", ["i1", "u1", "i2", "u4", "i8", "u8", "f2", "f4", "f8", ">f8", ">i4", "?"])
def test_rank_is_that_of_the_fractions(kind):
    for rank in range(5):
        matrix = np.abs(planted(rank, 5, 6)).astype(kind)
        assert fullrank.rank(matrix) == slow_rank(matrix.tolist())
        assert fullrank.rank_profile(matrix).tolist() == slow_profile(matrix.tolist())


def test_stacks_keep_their_shape():
    stack = np.array([[planted(r + s, 7, 5) for r in range(3)] for s in range(2)])
    expected = [[slow_rank(m.tolist()) for m in row] for row in stack]
    assert fullrank.rank(stack).tolist() == expected
    assert fullrank.rank_profile(stack).shape == (2, 3, 7)
    assert isinstance(fullrank.rank(stack[0, 0]), int)


def test_strides_order_and_read_only():
    matrix = planted(3, 8, 9).astype(float)
    wide = np.zeros((16, 27))
    wide[::2, ::3] = matrix
    frozen = matrix.copy()
    frozen.flags.writeable = False
    for same in (matrix, np.asfortranarray(matrix), wide[::2, ::3], matrix[::-1], frozen, matrix.tolist(),
                 np.broadcast_to(matrix, (2, 8, 9))[1]):
        assert fullrank.rank(same) == 3
    assert fullrank.rank(np.broadcast_to(matrix, (3, 8, 9))).tolist() == [3, 3, 3]
    assert fullrank.rank(matrix.T) == 3


@pytest.mark.parametrize("shape", [(0, 0), (0, 5), (5, 0), (0, 3, 4), (4, 0, 3), (4, 3, 0), (2, 0, 3, 3)])
def test_empty(shape):
    answer = fullrank.rank(np.zeros(shape))
    assert np.shape(answer) == shape[:-2] and not np.any(answer)
    assert fullrank.rank_profile(np.zeros(shape)).shape == shape[:-1]
    assert (fullrank.rank_profile(np.zeros(shape)) == -1).all()


def test_whole_numbers_beyond_doubles():
    big = (1 << 62) + 1
    assert fullrank.rank(np.array([[big, big], [big + 1, big]])) == 2
    assert fullrank.rank(np.array([[big, big], [big, big]])) == 1
    assert fullrank.rank(np.array([[(1 << 64) - 1, (1 << 64) - 2], [1, 1]], np.uint64)) == 2
    assert fullrank.rank(np.array([[-(1 << 63), 1], [1 << 62, 0]], np.int64)) == 2


@pytest.mark.parametrize("values", [1 + 2j * np.eye(2), np.array([["a"]]), np.array([[object()]]), [[1, 2], [3]],
                                    np.eye(2, dtype=np.longdouble), np.zeros((2, 2), "M8[s]"), None,
                                    np.zeros((2, 2), [("a", "f8")])])
def test_other_types_are_refused(values):
    with pytest.raises(TypeError):
        fullrank.rank(values)


def test_data_that_is_refused():
    for wrong in (np.nan, np.inf, -np.inf):
        with pytest.raises(fullrank.DataError, match="not finite"):
            fullrank.rank([[1, wrong]])
    stack = np.ones((3, 2, 2))
    stack[1, 0, 0] = np.nan
    with pytest.raises(fullrank.DataError, match="matrix 1: a number is not finite"):
        fullrank.rank(stack)
    with pytest.raises(fullrank.DataError, match="shape"):
        fullrank.rank([1.0, 2.0])
    with pytest.raises(fullrank.DataError, match="shape"):
        fullrank.rank(5)
    for arguments in ({"primes": 0}, {"seed": -1}, {"seed": 1 << 64}, {"threads": 0}, {"backend": "tpu"}):
        with pytest.raises(ValueError):
            fullrank.rank(np.ones((2, 2)), **arguments)
    for prime in (4, 2, 8388594, 9):
        with pytest.raises(ValueError):
            fullrank.rank_profile([[1]], prime=prime)


def test_too_large_is_a_memory_error():
    huge = np.broadcast_to(np.float32(1), (1 << 22, 1 << 10, 1 << 10))
    with pytest.raises(MemoryError, match="GB"):
        fullrank.rank(huge)
    with pytest.raises(MemoryError):
        fullrank.rank_profiles(d0=2, n=(1 << 31) - 1, d1=1 << 30, trials=1)
    with pytest.raises(MemoryError):
        fullrank.trial(d0=1 << 30, n=1 << 30, d1=1)


def test_the_primes_are_those_of_the_command(tmp_path, program):
    for array in (planted(2, 4, 5), np.asfortranarray(RANDOM.standard_normal((3, 4))), np.eye(3, dtype="f2"),
                  RANDOM.standard_normal((3, 2, 2)).astype("f4")[:, ::-1], np.array([[True, False]])):
        np.save(tmp_path / "a.npy", array)
        answer = json.loads(subprocess.run([program, "rank", str(tmp_path / "a.npy"), "--json", "--seed", "9"],
                                           check=True, capture_output=True).stdout)
        assert _primes.drawn(_stacks.Stack(array, 9).prime_seed(), 2) == answer["primes"]
        ranks = np.ravel(fullrank.rank(array, seed=9)).tolist()
        assert ranks == [matrix["rank"] for matrix in answer["matrices"]]


def test_a_prime_that_falls_short_is_outvoted(monkeypatch):
    short, right = 5567207, 5256359
    monkeypatch.setattr(_primes, "drawn", lambda seed, count: [short, right, 5915573][:count])
    with pytest.warns(fullrank.PrimeWarning, match="5567207 the rank is lower"):
        assert fullrank.rank([[short, 0], [0, 1]]) == 2
    assert fullrank.rank([[short, 0], [0, 1]], primes=1) == 1


def test_primes_are_proved_by_division():
    for number in [*range(2000), *range(8388500, 8388608)]:
        assert _primes.is_prime(number) == (number > 1 and all(number % d for d in range(2, int(number**0.5) + 1)))


def test_large_stacks():
    """Of which some are tried first: full ones, deficient ones, and a few deficient ones that the sample misses."""
    stack = RANDOM.integers(-9, 9, (700, 4, 6))
    assert (fullrank.rank(stack) == 4).all()
    for which in (slice(None), [1, 2, 699]):
        stack[which, 3] = stack[which, 2]
        assert fullrank.rank(stack).tolist() == [slow_rank(matrix) for matrix in stack.tolist()]


@pytest.mark.parametrize("kind", ["f8", "f4", "i8", "u1"])
def test_bounds_by_zero_rows_and_columns(kind, monkeypatch):
    """With a rank that reaches the bound, the rank is proved by one fixed prime: the content is not looked at."""
    random = np.random.default_rng(1)
    stack = random.integers(1, 251, (600, 5, 7)).astype(kind)
    for matrix in stack[::3]:
        matrix[random.integers(0, 5, random.integers(0, 6))] = 0
        matrix[:, random.integers(0, 7, random.integers(0, 8))] = 0
    expected = [slow_rank(matrix) for matrix in stack.tolist()]
    with monkeypatch.context() as patch:
        patch.setattr(_stacks.Stack, "prime_seed", lambda self: pytest.fail("the content was hashed"))
        assert fullrank.rank(stack).tolist() == expected
    which = np.array([1, 3, 4, 599])
    zeros = [min(one.any(axis=1).sum(), one.any(axis=0).sum()) for one in stack[which] != 0]
    whole = stack.astype("i8")
    whole[-1, 0, 0] = 1 << 60
    assert _stacks.Stack(whole, 0).bounds(which).tolist() == zeros


def slow_bound(matrix: np.ndarray) -> int:
    groups: dict[tuple, list] = {}
    for row in matrix:
        groups.setdefault(tuple(row != 0), []).append(row)
    total = 0
    for rows in groups.values():
        total += min(len(rows), len({tuple(column) for column in zip(*rows) if any(column)}))
    return min(total, int((matrix != 0).any(axis=0).sum()))


def test_bounds_by_rows_of_one_support():
    random = np.random.default_rng(2)
    stack = random.integers(-2, 3, (300, 6, 9)) * random.integers(0, 2, (300, 6, 1)) * -1.0
    for matrix in stack:
        matrix[random.integers(0, 6, 4)] = matrix[random.integers(0, 6, 4)] * random.integers(1, 4, (4, 1))
        matrix[:, random.integers(0, 9, 5)] = matrix[:, random.integers(0, 9, 5)]
    which = np.arange(0, 300, 2)
    bounds = _stacks.Stack(stack, 0).bounds(which).tolist()
    assert bounds == [slow_bound(matrix) for matrix in stack[which]]
    ranks = [slow_rank(matrix.tolist()) for matrix in stack[which]]
    assert all(rank <= bound for rank, bound in zip(ranks, bounds)) and ranks != bounds
    # A network's Jacobian: points that no unit tells apart.
    jacobians = np.stack([fullrank.trial(d0=1, n=8, d1=12, trial=trial).jacobian for trial in range(40)])
    ranks = fullrank.rank(jacobians)
    proved = _stacks.Stack(jacobians, 0).bounds(np.arange(40)) == ranks
    assert (ranks < 8).sum() > 9 and proved[ranks < 8].mean() > 0.9


def test_rounded_jacobians_are_told():
    left = RANDOM.standard_normal((9, 3))
    with pytest.warns(fullrank.RoundedWarning, match="by float64 singular values it is 3"):
        assert fullrank.rank(left @ left.T) == 9
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        fullrank.rank(RANDOM.standard_normal((9, 3)))
        fullrank.rank(planted(3, 9, 9))


class Tensor:
    """DLPack without __array__."""

    def __init__(self, array):
        self.array = array

    def __dlpack__(self, **options):
        return self.array.__dlpack__(**options)

    def __dlpack_device__(self):
        return self.array.__dlpack_device__()


def test_arrays_of_others():
    assert fullrank.rank(Tensor(np.eye(4))) == 4
    torch = pytest.importorskip("torch")
    assert fullrank.rank(torch.eye(3, requires_grad=True)) == 3


def test_threads_do_not_matter():
    stack = RANDOM.integers(-1, 2, (50, 12, 14))
    assert (fullrank.rank_profile(stack, threads=1) == fullrank.rank_profile(stack, threads=3)).all()


@pytest.mark.parametrize("matrix", [[[2**63, -1], [2**63 + 1, -1]], [[2**53, 1.0], [2**53 + 1, 1.0]],
                                    [[2**63, 1], [2**63 + 1, 1]]])
def test_whole_numbers_that_numpy_would_round(matrix):
    try:
        assert fullrank.rank(matrix) == 2
    except TypeError as error:
        assert "float64" in str(error)


def test_masked_entries_are_refused():
    with pytest.raises(TypeError, match="masked"):
        fullrank.rank(np.ma.array([[1.0, 2], [3, 5]], mask=[[0, 1], [0, 0]]))
