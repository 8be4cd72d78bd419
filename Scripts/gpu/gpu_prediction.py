"""From counts (Scripts/gpu/model.json) and rates (gpu_cards.py) to seconds and what bounds them: a roofline."""
import math

from gpu_cards import ALLOCATION, BARRIER, CACHE, COPY, COPY_CALL, DIVISION, GEMM, LAUNCH, STEP, WAIT

TRIALS_A_MULTIPROCESSOR = 64  # of a round of small trials (Kernels/cuda/elimination/stages.cu)


def at_size(a, b, n_small, n_large, n):
    """A count at n that was `a` at n_small and `b` at n_large: one whole power of n, or the sum of two that follow each
    other, with the coefficients that both sizes give. Within 0.05 of a whole power it is that power."""
    if a <= 0 or b <= 0:
        return b
    exponent = min(3.0, max(0.0, math.log(b / a) / math.log(n_large / n_small)))
    if abs(exponent - round(exponent)) < 0.05:
        return b * (n / n_large) ** round(exponent)
    low = math.floor(exponent)  # a = x n_small^low + y n_small^(low + 1), and so for b: both are positive
    x_small, x_large = a / n_small**low, b / n_large**low
    slope = (x_large - x_small) / (n_large - n_small)
    return (x_small + slope * (n - n_small)) * n**low


def extrapolated(small, large, n_small, n_large, n):
    """All counts of a shape at n, from two sizes."""
    def power(a, b):
        return at_size(a, b, n_small, n_large, n)

    result = {"runtime": {name: power(small["runtime"][name], value) for name, value in large["runtime"].items()},
              "kernels": {}}
    for name, counts in large["kernels"].items():
        before = small["kernels"].get(name, {})
        result["kernels"][name] = {key: value if key == "shared_bytes" else power(before.get(key, 0), value)
                                   for key, value in counts.items()}
    return result


def kernel_time(k, card, scale):
    """Seconds of all launches of a kernel, `scale` times as many blocks in each, and what bounds them."""
    launches, threads_a_block = k["launches"], k["threads"] / k["blocks"]
    blocks = k["blocks"] / launches * scale
    warps = math.ceil(threads_a_block / 32)
    each = 1 / k["threads"]  # of one thread
    accesses = k["shared_accesses"] + k["device_bytes"] / 8
    f64 = (k.get("f64", 0) + DIVISION * k.get("divide64", 0)) * each
    others = sum(k.get(kind, 0) for kind in ("f32", "integer", "multiply", "branch"))
    instructions = f64 + (others + accesses) * each
    resident = max(1, min(32, card["threads"] // (32 * warps), card["shared"] // (k["shared_bytes"] + 1024)))
    resident = max(1, min(resident, math.ceil(blocks / card["multiprocessors"])))
    waves = max(1.0, blocks / card["multiprocessors"] / resident)
    cycles = {
        "instructions": resident * warps * 32 * instructions / card["fp32_lanes"],
        "FP64 lanes": resident * warps * 32 * f64 / card["fp64_lanes"],
        "shared memory": resident * threads_a_block * k["shared_accesses"] * each * 8 / 128,
        "one thread's chain": instructions * STEP + k["longest"] / launches * BARRIER,
    }
    parts = {name: waves * value / card["clock"] for name, value in cycles.items()}
    parts["second cache"] = k["device_bytes"] / launches * scale / (CACHE * COPY * card["memory"])
    parts["memory"] = k["device_sectors"] / launches * scale * 32 / (COPY * card["memory"])
    bound = max(parts, key=parts.get)
    if parts[bound] < LAUNCH:
        return launches * LAUNCH, "launches"
    return launches * (parts[bound] + LAUNCH), bound


def predict(counts, measured_trials, trials, card):
    """Rows (seconds, what, bound) of a prediction, longest first."""
    rounds, scale = 1, trials / measured_trials
    if measured_trials > 1 or trials > 1:
        rounds = math.ceil(trials / (TRIALS_A_MULTIPROCESSOR * card["multiprocessors"]))
        scale = trials / rounds / measured_trials
    rows, r = [], counts["runtime"]
    for name, kernel in counts["kernels"].items():
        seconds, bound = kernel_time(kernel, card, scale)
        rows.append((seconds * rounds, name, bound))
    if r["products"]:
        flops, memory = r["product_flops"] / (GEMM * card["dgemm"]), r["product_bytes"] / (COPY * card["memory"])
        rows.append((max(flops, memory) + r["products"] * LAUNCH, "products (cuBLAS)",
                     "FP64 tensor cores" if flops > memory else "memory"))
    copies = r["copies_to_device"] + r["copies_to_host"]
    moved = (r["bytes_to_device"] + r["bytes_to_host"]) * scale * rounds / card["link"]
    calls = rounds * copies * COPY_CALL
    rows.append((calls + moved, "copies", "the host" if calls > moved else "the link"))
    rows.append((rounds * r["synchronisations"] * WAIT, "waits of the host", "the host"))
    rows.append((rounds * r["allocations"] * ALLOCATION, "allocations", "the host"))
    return sorted(rows, reverse=True)
