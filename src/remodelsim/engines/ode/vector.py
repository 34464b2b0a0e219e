"""Rows of lanes as machine vectors: what numba lacks to compute many samples by one instruction.

Compiled loops over a few lanes are unrolled before they can be vectorised, and then cannot be, since the compiler must
fear that arrays overlap. Here a row of lanes is loaded as one vector, computed with, and stored::

    store(x, i, load(x, i, width) - load(a, p, width) * load(b, q, width))

Only inside compiled functions. Each lane follows IEEE arithmetic, operation by operation, for every width.
"""

from __future__ import annotations

import operator
from collections.abc import Callable
from typing import Any, TypeAlias

import numpy as np
from numba.core import cgutils, types
from numba.extending import intrinsic, models, overload, register_model
from numpy.typing import NDArray

Floats: TypeAlias = NDArray[np.float64]
_LINE = 64


class Lanes(types.Type):  # type: ignore[misc]  # numba has no types of its own types
    """The compiled type of one row of lanes.

    Parameters
    ----------
    width
        Number of lanes.
    """

    def __init__(self, width: int) -> None:
        self.width = width
        super().__init__(name=f"Lanes({width})")


@register_model(Lanes)
class _LanesModel(models.PrimitiveModel):  # type: ignore[misc]
    def __init__(self, dmm: Any, fe_type: Lanes) -> None:
        super().__init__(dmm, fe_type, _vector(fe_type.width))


def _vector(width: int) -> Any:
    return cgutils.ir.VectorType(cgutils.ir.DoubleType(), width)


def _place(context: Any, builder: Any, kind: Any, array: Any, row: Any, width: int) -> Any:
    """Return the address of a row of a C-ordered array whose rows have `width` numbers."""
    data = context.make_array(kind)(context, builder, value=array).data
    first = builder.mul(row, cgutils.ir.Constant(row.type, width))
    return builder.bitcast(builder.gep(data, [first]), _vector(width).as_pointer())


@intrinsic
def load(typing: Any, array: Any, row: Any, width: Any) -> Any:  # noqa: ARG001  # numba names the first one
    """Return row `row` of `array` (shape (rows, lanes), C order); ``len(width)`` lanes."""

    def code(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        place = _place(context, builder, signature.args[0], args[0], args[1], len(width))
        return builder.load(place, align=8)

    return Lanes(len(width))(array, types.int64, width), code


@intrinsic
def store(typing: Any, array: Any, row: Any, value: Any) -> Any:  # noqa: ARG001
    """Write `value` to row `row` of `array`."""

    def code(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        place = _place(context, builder, signature.args[0], args[0], args[1], value.width)
        builder.store(args[2], place, align=8)
        return context.get_dummy_value()

    return types.void(array, types.int64, value), code


@intrinsic
def fill(typing: Any, value: Any, width: Any) -> Any:  # noqa: ARG001
    """Return a row that holds `value` in each of ``len(width)`` lanes."""
    return Lanes(len(width))(types.float64, width), lambda _, builder, __, args: _spread(builder, args[0], len(width))


def _spread(builder: Any, value: Any, width: int) -> Any:
    out = cgutils.ir.Constant(_vector(width), cgutils.ir.Undefined)
    for k in range(width):
        out = builder.insert_element(out, value, cgutils.ir.Constant(cgutils.ir.IntType(32), k))
    return out


def _arithmetic(instruction: str) -> Any:
    """Return an intrinsic for one operation on two rows, or on a number and a row."""

    @intrinsic
    def apply(typing: Any, left: Any, right: Any) -> Any:  # noqa: ARG001
        row = left if isinstance(left, Lanes) else right
        number = types.float64
        parts = (left if isinstance(left, Lanes) else number, right if isinstance(right, Lanes) else number)

        def code(_: Any, builder: Any, signature: Any, args: Any) -> Any:
            rows = [
                value if isinstance(kind, Lanes) else _spread(builder, value, row.width)
                for kind, value in zip(signature.args, args, strict=True)
            ]
            return getattr(builder, instruction)(*rows)

        return row(*parts), code

    return apply


def _involves_lanes(left: Any, right: Any) -> bool:
    kinds = (Lanes, types.Number)
    return (isinstance(left, Lanes) or isinstance(right, Lanes)) and all(isinstance(k, kinds) for k in (left, right))


def _teach(sign: Callable[[Any, Any], Any], instruction: str) -> None:
    """Let compiled code use an operator on rows of lanes."""
    apply = _arithmetic(instruction)

    @overload(sign)
    def choose(left: Any, right: Any) -> Any:
        if not _involves_lanes(left, right):
            return None

        def run(left: Any, right: Any) -> Any:
            return apply(left, right)

        return run


for _sign, _instruction in (
    (operator.add, "fadd"),
    (operator.sub, "fsub"),
    (operator.mul, "fmul"),
    (operator.truediv, "fdiv"),
):
    _teach(_sign, _instruction)


def rows(*shape: int) -> Floats:
    """Return an array of zeros that starts on a cache line, so that no vector straddles two.

    Parameters
    ----------
    shape
        Its shape.

    Returns
    -------
    ndarray
        In C order.

    Examples
    --------
    >>> rows(3, 16).ctypes.data % 64
    0
    """
    size = int(np.prod(shape))
    raw = np.zeros(size + _LINE // 8)
    skip = (-raw.ctypes.data % _LINE) // 8
    return raw[skip : skip + size].reshape(shape)
