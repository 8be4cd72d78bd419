"""What callers give as arrays of numbers."""
from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

MOST = (1 << 31) - 1


def as_array(values: Any, name: str = "A") -> NDArray[Any]:
    """What was given as an array of numbers, not copied where it is one: NumPy's, or by `__array__` or DLPack."""
    if not isinstance(values, np.ndarray):
        if hasattr(values, "detach"):  # a tensor that PyTorch could still differentiate
            values = values.detach()
        if hasattr(values, "__dlpack__") and not hasattr(values, "__array__"):
            values = np.from_dlpack(values)
    try:
        array = np.asarray(values)
    except (ValueError, TypeError, RuntimeError) as error:
        raise TypeError(f"{name}: {error}") from None
    if isinstance(values, np.ma.MaskedArray) and np.ma.is_masked(values):
        raise TypeError(f"{name} has masked entries; fill them first")
    if isinstance(values, (list, tuple)) and array.dtype.kind == "f":
        # NumPy makes floats of whole numbers that no one integer type holds, or that stand beside floats.
        for entry in np.asarray(values, object).ravel():
            if isinstance(entry, (int, np.integer)) and int(float(entry)) != int(entry):
                raise TypeError(f"{name} holds {entry}, which float64 does not; give an array of one integer type")
    if array.dtype.kind not in "fiub" or array.dtype.kind == "f" and array.dtype.itemsize > 8:
        raise TypeError(f"{name} is of {array.dtype}; float16, float32, float64, integers or booleans are needed")
    return array
