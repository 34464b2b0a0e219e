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
KERNEL: dict[str, Any] = {
    "cache": True,
    "nogil": True,
    "error_model": "numpy",
    # kernels that only kernels call; without a door to Python they compile in half the time
    "no_cpython_wrapper": True,
    "no_cfunc_wrapper": True,
}
# lanes that kernels run with unless told otherwise: wider ones gain 7 % and keep single samples waiting
WIDTH = 8
_LINE = 64
_ir: Any = cgutils.ir  # type: ignore[attr-defined]  # the door through which numba writes machine code


class Lanes(types.Type):
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
class _LanesModel(models.PrimitiveModel):
    def __init__(self, dmm: Any, fe_type: Lanes) -> None:
        super().__init__(dmm, fe_type, _vector(fe_type.width))  # type: ignore[no-untyped-call]


def _vector(width: int) -> Any:
    return _ir.VectorType(_ir.DoubleType(), width)


def _place(context: Any, builder: Any, kind: Any, array: Any, row: Any, width: int) -> Any:
    """Return the address of a row of a C-ordered array whose rows have `width` numbers."""
    data = context.make_array(kind)(context, builder, value=array).data
    first = builder.mul(row, _ir.Constant(row.type, width))
    return builder.bitcast(builder.gep(data, [first]), _vector(width).as_pointer())


def _load(typing: Any, array: Any, row: Any, width: Any) -> Any:  # noqa: ARG001  # numba names the first one
    """Return row `row` of `array` (shape (rows, lanes), C order); ``len(width)`` lanes."""

    def code(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        place = _place(context, builder, signature.args[0], args[0], args[1], len(width))
        return builder.load(place, align=8)

    return Lanes(len(width))(array, types.int64, width), code


def _store(typing: Any, array: Any, row: Any, value: Any) -> Any:  # noqa: ARG001
    """Write `value` to row `row` of `array`."""

    def code(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        place = _place(context, builder, signature.args[0], args[0], args[1], value.width)
        builder.store(args[2], place, align=8)
        return context.get_dummy_value()

    return types.void(array, types.int64, value), code


def _fill(typing: Any, value: Any, width: Any) -> Any:  # noqa: ARG001
    """Return a row that holds `value` in each of ``len(width)`` lanes."""
    return Lanes(len(width))(types.float64, width), lambda _, builder, __, args: _spread(builder, args[0], len(width))


def _larger(typing: Any, left: Any, right: Any) -> Any:  # noqa: ARG001
    """Return the larger of two rows, lane by lane; the left one where either is not a number."""

    def code(_: Any, builder: Any, __: Any, args: Any) -> Any:
        return builder.select(builder.fcmp_ordered("<", args[0], args[1]), args[1], args[0])

    return left(left, right), code


def _choose(typing: Any, mask: Any, yes: Any, no: Any) -> Any:  # noqa: ARG001
    """Return `yes` where the mask is above 0, else `no`, lane by lane."""

    def code(_: Any, builder: Any, __: Any, args: Any) -> Any:
        zero = _ir.Constant(_vector(mask.width), [0.0] * mask.width)
        return builder.select(builder.fcmp_ordered(">", args[0], zero), args[1], args[2])

    return yes(mask, yes, no), code


def _spread(builder: Any, value: Any, width: int) -> Any:
    out = _ir.Constant(_vector(width), _ir.Undefined)
    for k in range(width):
        out = builder.insert_element(out, value, _ir.Constant(_ir.IntType(32), k))
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
    def apply_to(left: Any, right: Any) -> Any:
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


# for compiled code only; the types are those that a caller sees there
_compiled: Any = intrinsic
load: Callable[[Floats, int, tuple[int, ...]], Any] = _compiled(_load)
store: Callable[[Floats, int, Any], None] = _compiled(_store)
fill: Callable[[float, tuple[int, ...]], Any] = _compiled(_fill)
larger: Callable[[Any, Any], Any] = _compiled(_larger)
choose: Callable[[Any, Any, Any], Any] = _compiled(_choose)


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
