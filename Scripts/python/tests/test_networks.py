from __future__ import annotations

import json
import subprocess
from fractions import Fraction

import numpy as np
import pytest
from conftest import slow_rank

import fullrank
from fullrank._library import library

pytestmark = pytest.mark.skipif(
    library("cpu").function("network_ranks") is None, reason="this library has no networks of one's own")
RANDOM = np.random.default_rng(2)


def exact_jacobian(layers, points, trained=None):
    """One row for each point and output, by fractions."""
    rows = []
    for point in points:
        values, active = [[Fraction(float(x)) for x in point]], []
        for index, (weight, bias) in enumerate(layers):
            z = [sum((Fraction(float(w)) * f for w, f in zip(row, values[-1])), Fraction(float(b)))
                 for row, b in zip(weight, bias)]
            last = index == len(layers) - 1
            active.append([last or value > 0 for value in z])
            values.append([value if on else Fraction(0) for value, on in zip(z, active[-1])])
        for output in range(len(layers[-1][0])):
            delta, parts = [Fraction(int(i == output)) for i in range(len(layers[-1][0]))], []
            for index in reversed(range(len(layers))):
                weight = layers[index][0]
                delta = [d if on else Fraction(0) for d, on in zip(delta, active[index])]
                parts.append([d * f for d in delta for f in values[index]] + delta)
                delta = [sum((d * Fraction(float(row[c])) for d, row in zip(delta, weight)), Fraction(0))
                         for c in range(len(weight[0]))]
            rows.append([x for part in reversed(parts) for x in part])
    return rows


def network(*widths):
    return [(RANDOM.standard_normal((b, a)), RANDOM.standard_normal(b)) for a, b in zip(widths, widths[1:])]


@pytest.mark.parametrize("widths", [(2, 3, 1), (1, 2, 2, 1), (3, 2, 2)])
def test_rank_is_that_of_the_fractions(widths):
    layers, points = network(*widths), RANDOM.standard_normal((9, widths[0]))
    answer = fullrank.network_rank(layers, points)
    assert answer.rank == slow_rank(exact_jacobian(layers, points))
    assert answer.parameters == sum(b * (a + 1) for a, b in zip(widths, widths[1:]))
    assert answer.rank <= answer.bound and answer.proved == (answer.chance_wrong == 0)


def test_forms_of_a_network(tmp_path):
    layers, points = network(2, 3, 1), RANDOM.standard_normal((30, 2))
    expected = fullrank.network_rank(layers, points)
    assert expected.rank == slow_rank(exact_jacobian(layers, points)) and expected.bound == 10
    arrays = {f"{name}{i}": part for i, pair in enumerate(layers, 1) for name, part in zip("Wb", pair)}
    state = {f"{2 * i}.{name}": part for i, pair in enumerate(layers) for name, part in zip(("weight", "bias"), pair)}
    np.savez(tmp_path / "net.npz", **arrays)
    (tmp_path / "net").mkdir()
    for name, part in arrays.items():
        np.save(tmp_path / "net" / f"{name}.npy", part)
    for form in (arrays, state, tmp_path / "net.npz", str(tmp_path / "net")):
        assert fullrank.network_rank(form, points) == expected
    torch = pytest.importorskip("torch")
    modules = torch.nn.Sequential(torch.nn.Linear(2, 3), torch.nn.ReLU(), torch.nn.Linear(3, 1)).double()
    modules.load_state_dict({name: torch.from_numpy(part) for name, part in state.items()})
    assert fullrank.network_rank(modules, points) == expected
    assert fullrank.network_rank(modules.state_dict(), points) == expected


def test_what_is_the_command_s(tmp_path, command, program):
    if subprocess.run([program, "network", "--help"], capture_output=True).returncode:
        pytest.skip("this program has no networks of one's own")
    layers, points = network(2, 3, 1), RANDOM.standard_normal((30, 2))
    np.savez(tmp_path / "net.npz", **{f"{n}{i}": p for i, pair in enumerate(layers, 1) for n, p in zip("Wb", pair)})
    np.save(tmp_path / "x.npy", points)
    for options in ({}, {"trained": "hidden"}, {"activation": "leaky:0.5", "seed": 3}, {"activation": "identity"}):
        flags = [text for name, value in options.items() for text in (f"--{name}", value)]
        answer = json.loads(command("network", tmp_path / "net.npz", "--inputs", tmp_path / "x.npy", "--backend", "cpu",
                                    "--json", *flags))["networks"][0]
        ours = fullrank.network_rank(layers, points, **options)
        assert (ours.rank, ours.bound, ours.parameters, ours.rows, ours.proved, ours.zero_preactivations,
                ours.chance_wrong, list(ours.primes)) == tuple(
            answer[name] for name in ("rank", "bound", "parameters", "rows", "proved", "zeros", "error_bound", "primes"))


def test_a_folder_of_networks(tmp_path, command, program):
    if subprocess.run([program, "network", "--help"], capture_output=True).returncode:
        pytest.skip("this program has no networks of one's own")
    points, files = RANDOM.standard_normal((12, 2)), []
    for index in range(3):
        files.append(tmp_path / f"{index}.npz")
        np.savez(files[-1], **{f"{n}{i}": p for i, pair in enumerate(network(2, 3, 1), 1) for n, p in zip("Wb", pair)})
    np.save(tmp_path / "x.npy", points)
    command("network", *files, "--inputs", tmp_path / "x.npy", "--backend", "cpu", "--output", tmp_path / "ranks")
    run = fullrank.read(tmp_path / "ranks")
    assert run.kind == "networks"
    assert list(run.trials["rank"]) == [fullrank.network_rank(file, points).rank for file in files]
    pytest.importorskip("matplotlib").use("agg")
    assert list(run.plot()[0].lines[1].get_ydata()) == list(run.trials["rank"])


def test_refused():
    layers = network(2, 3, 1)
    for net in ([], {}, {"x": np.eye(2)}, {"b1": np.ones(2)}, [(np.eye(2), np.ones(3))], [np.eye(2), np.eye(3)],
                [np.full((1, 2), np.nan)], {"W1": np.eye(2), "0.weight": np.eye(2)}):
        with pytest.raises(fullrank.DataError):
            fullrank.network_rank(net, np.ones((3, 2)))
    for points in (np.ones((3, 3)), np.full((3, 2), np.inf), np.ones((2, 3, 2))):
        with pytest.raises(fullrank.DataError):
            fullrank.network_rank(layers, points)
    for wrong in (dict(activation="tanh"), dict(activation="power:0"), dict(trained="none"), dict(trained=[3]),
                  dict(trained=[]), dict(outputs=[1]), dict(primes=0)):
        with pytest.raises(ValueError):
            fullrank.network_rank(layers, np.ones((3, 2)), **wrong)
    with pytest.raises(TypeError):
        fullrank.network_rank(7, np.ones((3, 2)))
