"""What is said of draws that were thrown away."""

from __future__ import annotations

from remodelsim.faces.text import replaced_line


def test_one_replaced_draw_is_told_in_the_singular_and_several_in_the_plural() -> None:
    assert replaced_line(1) == "1 draw had no stable healthy state and was replaced."
    assert replaced_line(13) == "13 draws had no stable healthy state and were replaced."
