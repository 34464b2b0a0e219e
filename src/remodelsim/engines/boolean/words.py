"""Words of 512 bits: one bit per copy of the Boolean process, all copies computed by one instruction.

Numba has no such type, and loops over eight numbers are unrolled before they can be vectorised. Here a word is loaded
as one machine vector, computed with, and stored; where the machine has narrower vectors the compiler splits it::

    store(state, i, either(load(state, j), high, low))

Only inside compiled functions.
"""

from __future__ import annotations

import operator
from collections.abc import Callable
from typing import Any

import numpy as np
from numba.core import cgutils, types
from numba.extending import intrinsic, models, overload, register_model
from numpy.typing import NDArray

Bits = NDArray[np.uint64]
PARTS = 8
COPIES = 64 * PARTS
_LINE = 64
_GOLDEN = 0x9E3779B97F4A7C15
_ir: Any = cgutils.ir  # type: ignore[attr-defined]  # the door through which numba writes machine code
_MIX = ((30, 0xBF58476D1CE4E5B9), (27, 0x94D049BB133111EB))


class Word(types.Type):
    """The compiled type of a word."""

    def __init__(self) -> None:
        super().__init__(name="Word512")


WORD = Word()


@register_model(Word)
class _WordModel(models.PrimitiveModel):
    def __init__(self, dmm: Any, fe_type: Word) -> None:
        super().__init__(dmm, fe_type, _vector())  # type: ignore[no-untyped-call]


def _part() -> Any:
    return _ir.IntType(64)


def _vector() -> Any:
    return _ir.VectorType(_part(), PARTS)


def _same(number: int) -> Any:
    """Return the constant word with `number` in each part."""
    return _ir.Constant(_vector(), [number] * PARTS)


def _place(context: Any, builder: Any, kind: Any, array: Any, row: Any) -> Any:
    """Return the address of a row of a C-ordered array of shape (rows, 8)."""
    data = context.make_array(kind)(context, builder, value=array).data
    first = builder.mul(row, _ir.Constant(row.type, PARTS))
    return builder.bitcast(builder.gep(data, [first]), _vector().as_pointer())


def _load(typing: Any, array: Any, row: Any) -> Any:  # noqa: ARG001  # numba names the first one
    """Return row `row` of `array` (uint64, shape (rows, 8), C order)."""

    def code(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        return builder.load(_place(context, builder, signature.args[0], args[0], args[1]), align=8)

    return WORD(array, types.int64), code


def _store(typing: Any, array: Any, row: Any, value: Any) -> Any:  # noqa: ARG001
    """Write `value` to row `row` of `array`."""

    def code(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        builder.store(args[2], _place(context, builder, signature.args[0], args[0], args[1]), align=8)
        return context.get_dummy_value()

    return types.void(array, types.int64, value), code


def _nothing(typing: Any) -> Any:  # noqa: ARG001
    """Return the word of zeros."""
    return WORD(), lambda *_: _same(0)


def _everything(typing: Any) -> Any:  # noqa: ARG001
    """Return the word of ones."""
    return WORD(), lambda *_: _same(2**64 - 1)


def _either(typing: Any, which: Any, high: Any, low: Any) -> Any:  # noqa: ARG001
    """Return `high` where `which` is 1, else `low`, bit by bit."""

    def code(_: Any, builder: Any, __: Any, args: Any) -> Any:
        return builder.xor(args[2], builder.and_(args[0], builder.xor(args[1], args[2])))

    return WORD(which, high, low), code


def _below(typing: Any, array: Any, row: Any, limit: Any) -> Any:  # noqa: ARG001
    """Return for each of the 512 bytes in the eight words from `row` on whether it is less than `limit` (1 to 255)."""

    def code(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        start = _place(context, builder, signature.args[0], args[0], args[1])
        bytes_ = _ir.VectorType(_ir.IntType(8), 64)
        limits = _spread(builder, builder.trunc(args[2], bytes_.element), bytes_)
        out = _ir.Constant(_vector(), _ir.Undefined)
        for k in range(PARTS):
            number = _ir.Constant(_ir.IntType(32), k)
            drawn = builder.bitcast(builder.load(builder.gep(start, [number]), align=8), bytes_)
            less = builder.bitcast(builder.icmp_unsigned("<", drawn, limits), _part())
            out = builder.insert_element(out, less, number)
        return out

    return WORD(array, types.int64, types.int64), code


def _ones(typing: Any, word: Any) -> Any:  # noqa: ARG001
    """Return how many bits are 1."""

    def code(_: Any, builder: Any, __: Any, args: Any) -> Any:
        counts = _call(builder, "llvm.ctpop.v8i64", _vector(), args[0])
        return _call(builder, "llvm.vector.reduce.add.v8i64", _part(), counts)

    return types.int64(word), code


def _random_word(typing: Any, key: Any, number: Any) -> Any:  # noqa: ARG001
    """Return 512 random bits that depend on the key (uint64) and the number (int64) alone.

    Each part is one output of SplitMix64 (Steele, Lea & Flood 2014, https://doi.org/10.1145/2660193.2660195).
    """

    def code(_: Any, builder: Any, __: Any, args: Any) -> Any:
        first = builder.mul(args[1], _ir.Constant(_part(), PARTS * _GOLDEN % 2**64))
        start = _spread(builder, builder.add(args[0], first), _vector())
        steps = [(k + 1) * _GOLDEN % 2**64 for k in range(PARTS)]
        value = builder.add(start, _ir.Constant(_vector(), steps))
        for shift, factor in _MIX:
            value = builder.mul(builder.xor(value, builder.lshr(value, _same(shift))), _same(factor))
        return builder.xor(value, builder.lshr(value, _same(31)))

    return WORD(types.uint64, types.int64), code


_declared: Any = cgutils.get_or_insert_function


def _call(builder: Any, name: str, result: Any, word: Any) -> Any:
    kind = _ir.FunctionType(result, [word.type])
    return builder.call(_declared(builder.module, kind, name), [word])


def _spread(builder: Any, value: Any, kind: Any) -> Any:
    """Return the vector with `value` in each place."""
    number = _ir.IntType(32)
    one = builder.insert_element(_ir.Constant(kind, _ir.Undefined), value, _ir.Constant(number, 0))
    places = _ir.Constant(_ir.VectorType(number, kind.count), [0] * kind.count)
    return builder.shuffle_vector(one, one, places)


def _bitwise(instruction: str) -> Any:
    """Return an intrinsic for one operation on two words."""

    @intrinsic
    def apply(typing: Any, left: Any, right: Any) -> Any:  # noqa: ARG001
        return WORD(left, right), lambda _, builder, __, args: getattr(builder, instruction)(*args)

    return apply


def _teach(sign: Callable[[Any, Any], Any], instruction: str) -> None:
    """Let compiled code use an operator on words."""
    apply = _bitwise(instruction)

    @overload(sign)
    def apply_to(left: Any, right: Any) -> Any:
        if not (isinstance(left, Word) and isinstance(right, Word)):
            return None

        def run(left: Any, right: Any) -> Any:
            return apply(left, right)

        return run


for _sign, _instruction in ((operator.and_, "and_"), (operator.or_, "or_"), (operator.xor, "xor")):
    _teach(_sign, _instruction)


def _without(typing: Any, left: Any, right: Any) -> Any:  # noqa: ARG001
    """Return the bits of `left` that are not in `right`."""
    return WORD(left, right), lambda _, builder, __, args: builder.and_(args[0], builder.not_(args[1]))


# for compiled code only; the types are those that a caller sees there
_compiled: Any = intrinsic
load: Callable[[Bits, int], Any] = _compiled(_load)
store: Callable[[Bits, int, Any], None] = _compiled(_store)
nothing: Callable[[], Any] = _compiled(_nothing)
everything: Callable[[], Any] = _compiled(_everything)
either: Callable[[Any, Any, Any], Any] = _compiled(_either)
below: Callable[[Bits, int, int], Any] = _compiled(_below)
ones: Callable[[Any], int] = _compiled(_ones)
random_word: Callable[[Any, int], Any] = _compiled(_random_word)
without: Callable[[Any, Any], Any] = _compiled(_without)


def words(rows: int) -> Bits:
    """Return an array of empty words that starts on a cache line, so that no word straddles two.

    Parameters
    ----------
    rows
        Number of words.

    Returns
    -------
    uint64 array, shape (rows, 8)
        In C order.

    Examples
    --------
    >>> words(3).ctypes.data % 64
    0
    """
    raw = np.zeros(rows * PARTS + PARTS, np.uint64)
    skip = (-raw.ctypes.data % _LINE) // 8
    return raw[skip : skip + rows * PARTS].reshape(rows, PARTS)
