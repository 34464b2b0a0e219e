from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from remodelsim.ground.errors import RemodelsimError, RuleError
from remodelsim.nouns.rule import Rule

LEAVES = st.sampled_from(["A", "B", "C", "D", "E"])
EXPRESSIONS = st.recursive(
    LEAVES,
    lambda inner: st.one_of(
        inner.map(lambda x: f"!({x})"),
        st.tuples(inner, inner).map(lambda p: f"({p[0]}) & ({p[1]})"),
        st.tuples(inner, inner).map(lambda p: f"({p[0]}) | ({p[1]})"),
    ),
    max_leaves=8,
)


@given(EXPRESSIONS)
def test_a_rule_means_what_python_makes_of_it(text):
    rule = Rule.parse("X", text)
    code = text.replace("!", " not ").replace("&", " and ").replace("|", " or ")
    for state in product([False, True], repeat=5):
        named = dict(zip("ABCDE", state, strict=True))
        assert rule.expr.holds(named) == eval(code, {}, named)  # noqa: S307  (text made above)


@given(EXPRESSIONS)
def test_writing_and_reading_a_rule_keeps_its_meaning(text):
    rule = Rule.parse("X", text)
    again = Rule.parse("X", rule.expr.text())
    for state in product([False, True], repeat=5):
        named = dict(zip("ABCDE", state, strict=True))
        assert rule.expr.holds(named) == again.expr.holds(named)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        (
            "a & b &",
            "rule of X: the expression ends too early. Close every bracket and give every operator both sides.",
        ),
        ("(a | b", "rule of X: the expression ends too early. Close every bracket and give every operator both sides."),
        ("a b", "rule of X: 'b' stands where an operator is due."),
        ("a | | b", "rule of X: '|' stands where a name is due."),
        ("a)", "rule of X: ')' stands where an operator is due."),
        ("IL-6", "rule of X: unexpected '-' in the expression. Allowed: names, &, |, !, (, ), 0, 1."),
        ("true & a", "rule of X: 'true' is a reserved word, not a name. Write 0 or 1, & | !."),
        ("", "rule of X: the expression is empty. Write an input as its own regulator: X, X."),
        ("a && b", "rule of X: '&' stands where a name is due."),
        ("2a", "rule of X: unexpected '2' in the expression. Allowed: names, &, |, !, (, ), 0, 1."),
    ],
)
def test_each_broken_expression_has_its_sentence(text, sentence):
    with pytest.raises(RuleError) as error:
        Rule.parse("X", text)
    assert str(error.value) == sentence


@given(st.text(alphabet="AB&|!() 01x", max_size=25))
def test_any_text_is_a_rule_or_an_error_of_ours(text):
    try:
        rule = Rule.parse("X", text)
    except RemodelsimError:
        return
    assert rule.regulators == tuple(dict.fromkeys(rule.expr.leaves()))


def test_signs_follow_negations():
    rule = Rule.parse("X", "!(A & !B) | C")
    assert rule.signs == {"A": -1, "B": 1, "C": 1}
    assert Rule.parse("X", "A & B | !A").signs["A"] == 0


def test_inputs_and_read_once_rules_are_told():
    assert Rule.parse("X", "X").is_input
    assert not Rule.parse("X", "X & A").is_input
    assert Rule.parse("X", "A & B").is_read_once
    assert not Rule.parse("X", "A & B | A").is_read_once
