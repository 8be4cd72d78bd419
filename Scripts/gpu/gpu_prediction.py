"""From counts (Scripts/gpu/model.json) and rates (gpu_cards.py) to seconds and what bounds them: a roofline."""
import math

from gpu_cards import ALLOCATION, BARRIER, CACHE, COPY, COPY_CALL, DIVISION, GEMM, LAUNCH, STEP, WAIT

TRIALS_A_MULTIPROCESSOR = 64  # of a round of small trials (Kernels/cuda/elimination/stages.cu)
DELAY = 512  # terms of a product mod p (FR_DELAY of Kernels/common/field.h)
URGENT = " (urgent)"  # of the name of a kernel on a stream with priority (Kernels/cuda/host/counters.h)


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


def schedule_sums(n, block, k, ahead):
    """Of the products outside panels of an elimination of n rows whose units of k columns all have pivots, ahead of the
    panels or not: sums over its blocks of multiplications, of calls, of the entries of pivots' rows of M, of blocks
    that M takes."""
    multiplications = calls = entries = merges = rank = before = 0
    while rank < n:
        columns = min(n - rank, max(1, block // k) * k)
        known = before if ahead else rank  # M's columns when these columns are reduced
        multiplications += (n - known) * known * columns
        calls += math.ceil(known / DELAY)
        if rank > 0 and rank + columns < n:  # M, after the panel
            multiplications += (n - rank) * rank * columns
            calls += 1
            entries += rank * columns
            merges += 1
        before, rank = rank, rank + columns
    return multiplications, calls, entries, merges


# Which of schedule_sums a count outside panels goes by: launches, and all else.
PRODUCTS, KERNELS = (1, 0), {"reduce_entries": (1, 0), "take_rows": (3, 2)}


def extrapolated(small, large, ahead, n_small, n_large, n, block, k):
    """All counts of a shape at n, from two sizes. By powers of n; but few blocks make no powers, so that what is not in
    panels goes by the sums over its blocks, with what one of each takes in `ahead`, of the larger size, where two
    streams tell it from panels."""
    looks_ahead = any(name.endswith(URGENT) for name in large["kernels"])
    sums = [schedule_sums(size, block, k, looks_ahead) for size in (n_small, n_large, n)]
    known = schedule_sums(n_large, block, k, True)

    def power(a, b):
        return at_size(a, b, n_small, n_large, n)

    def by_blocks(get, of):
        each = get(ahead) / known[of]
        if looks_ahead:
            return each * sums[2][of]
        rests = [max(0, get(counts) - each * one[of]) for counts, one in zip((small, large), sums)]
        return each * sums[2][of] + power(*rests)

    def outside(name):
        return lambda counts: counts["runtime"][name] - counts["runtime"]["urgent_" + name]

    result = {"runtime": {name: power(small["runtime"][name], value) for name, value in large["runtime"].items()},
              "kernels": {}}
    for name, counts in large["kernels"].items():
        before = small["kernels"].get(name, {})
        result["kernels"][name] = {key: value if key == "shared_bytes" else power(before.get(key, 0), value)
                                   for key, value in counts.items()}
    for name, (launches, others) in KERNELS.items():
        result["kernels"][name] = {
            key: value if key == "shared_bytes" else by_blocks(lambda counts: counts["kernels"][name][key],
                                                               launches if key == "launches" else others)
            for key, value in large["kernels"][name].items()}
    for name, of in (("products", PRODUCTS[0]), ("product_flops", PRODUCTS[1]), ("product_bytes", PRODUCTS[1])):
        result["runtime"][name] = by_blocks(outside(name), of) + result["runtime"]["urgent_" + name]
    return result


def kernel_time(k, card, scale):
    """Seconds of all launches of a kernel, `scale` times as many blocks in each; what bounds them; and for how many
    seconds they take the whole device, where the rest may do something else."""
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
    busy = min(1.0, blocks / card["multiprocessors"])
    whole = launches * max(parts["second cache"], parts["memory"],
                           *(busy * parts[name] for name in cycles if name != "one thread's chain"))
    if parts[bound] < LAUNCH:
        return launches * LAUNCH, "launches", whole
    return launches * (parts[bound] + LAUNCH), bound, whole


def products_time(products, flops, memory, card):
    """Seconds of cuBLAS's products, what bounds them, and the same without launches."""
    flops, memory = flops / (GEMM * card["dgemm"]), memory / (COPY * card["memory"])
    whole = max(flops, memory)
    return whole + products * LAUNCH, "FP64 tensor cores" if flops > memory else "memory", whole


def side_by_side(main, urgent, whole, blocks):
    """Seconds of a streamed elimination whose panels have a stream of their own (look-ahead, Kernels/cuda/elimination/
    large/elimination.cu): block by block the longer of two. The panel, which waits for itself only: every block takes
    as much of `urgent`. And what takes the whole device, which adds up wherever it comes from: the products' stream,
    `main`, as r (n - r), and `whole` of the panels, as n - r.

    What is assumed: a panel's blocks of threads get a multiprocessor as soon as one has room, and take nothing from the
    products but the time that they have it."""
    seconds = 0.0
    for i in range(blocks):
        x = (i + 0.5) / blocks
        seconds += max(6 * x * (1 - x) * main + 2 * (1 - x) * whole, urgent) / blocks
    return seconds


def predict(counts, measured_trials, trials, card, blocks=1):
    """Rows (seconds, what, bound) of a prediction, longest first, and those of the stream with priority, whose seconds
    are not added to the others: what the others don't hide of them is a row, "panels". `blocks`: of columns."""
    rounds, scale = 1, trials / measured_trials
    if measured_trials > 1 or trials > 1:
        rounds = math.ceil(trials / (TRIALS_A_MULTIPROCESSOR * card["multiprocessors"]))
        scale = trials / rounds / measured_trials
    rows, urgent, whole, r = [], [], 0.0, counts["runtime"]
    for name, kernel in counts["kernels"].items():
        seconds, bound, taken = kernel_time(kernel, card, scale)
        if name.endswith(URGENT):
            urgent.append((seconds * rounds, name[:-len(URGENT)], bound))
            whole += taken * rounds
        else:
            rows.append((seconds * rounds, name, bound))
    parts = [r["urgent_" + name] for name in ("products", "product_flops", "product_bytes")]
    if parts[0]:
        seconds, bound, taken = products_time(*parts, card)
        urgent.append((seconds, "products (cuBLAS)", bound))
        whole += taken
    if r["products"] > parts[0]:
        seconds, bound, _ = products_time(r["products"] - parts[0], r["product_flops"] - parts[1],
                                          r["product_bytes"] - parts[2], card)
        rows.append((seconds, "products (cuBLAS)", bound))
    copies = r["copies_to_device"] + r["copies_to_host"]
    moved = (r["bytes_to_device"] + r["bytes_to_host"]) * scale * rounds / card["link"]
    calls = rounds * copies * COPY_CALL
    hosts = [(calls + moved, "copies", "the host" if calls > moved else "the link"),
             (rounds * r["synchronisations"] * WAIT, "waits of the host", "the host")]
    if urgent:
        urgent += hosts  # between panels, more or less
        main = sum(seconds for seconds, _, _ in rows)
        together = side_by_side(main, sum(seconds for seconds, _, _ in urgent), whole, blocks)
        rows.append((together - main, "panels", "beside the products"))
    else:
        rows += hosts
    rows.append((rounds * r["allocations"] * ALLOCATION, "allocations", "the host"))
    return sorted(rows, reverse=True), sorted(urgent, reverse=True)
