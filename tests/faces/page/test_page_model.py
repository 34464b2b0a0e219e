import ast
import inspect
import json
from dataclasses import replace

import pytest

from remodelsim.engines.ode import cell_parts, cells
from remodelsim.faces.page.compile import page_data, page_engine, small_script
from remodelsim.faces.page.translate import translate
from remodelsim.files.library import load_model
from remodelsim.ground.errors import ModelError
from remodelsim.nouns.formula import Formula

from .node_page import in_node, needs_node

MODEL = load_model()


def test_engine_and_data_leave_room_for_the_page():
    assert len(page_engine().encode()) + len(page_data(MODEL).encode()) < 100_000


def test_no_name_or_label_can_end_the_script_that_holds_it():
    label = "</script><script>alert(1)</script>&\u2028<!--"
    first, *others = MODEL.network.nodes
    nodes = (replace(first, label_en=label), *others)
    data = page_data(replace(MODEL, network=replace(MODEL.network, nodes=nodes)))
    assert not {"<", ">", "&", "\u2028"} & set(data)
    assert json.loads(data)["nodes"][0][1] == label
    assert "</" not in page_engine()
    assert "<!--" not in page_engine()


def test_the_engine_runs_no_text_as_code():
    engine = page_engine()
    assert not [
        word for word in ("eval(", "new Function", "Function(", "import(", "document", "window") if word in engine
    ]


def test_what_has_no_counterpart_in_javascript_is_refused():
    def with_a_list(x):
        return [y + 1.0 for y in x]

    def with_a_name(x):
        return x + UNKNOWN  # noqa: F821

    def swaps(a, b):
        a, b = b, a
        return a

    with pytest.raises(ModelError) as refused:
        translate([with_a_list])
    assert refused.value.what == "with_a_list cannot be translated: no counterpart: [y + 1.0 for y in x]"
    with pytest.raises(ModelError) as refused:
        translate([swaps])
    assert refused.value.what == "swaps cannot be translated: its parts depend on each other: (a, b)"
    with pytest.raises(ModelError) as refused:
        translate([with_a_name])
    assert refused.value.what == "with_a_name cannot be translated: what UNKNOWN is cannot be known: UNKNOWN"


def test_every_function_that_a_translated_one_calls_comes_with_it():
    trees = [ast.parse(inspect.getsource(module)) for module in (cells, cell_parts)]
    bodies = {node.name: node for tree in trees for node in tree.body if isinstance(node, ast.FunctionDef)}
    needed, todo = set(), ["cell_rates"]
    while todo:
        name = todo.pop()
        if name not in needed:
            needed.add(name)
            calls = [
                n.func.id for n in ast.walk(bodies[name]) if isinstance(n, ast.Call) and isinstance(n.func, ast.Name)
            ]
            todo += [called for called in calls if called in bodies]
    script = translate([cells.cell_rates])
    assert len(needed) > 8
    assert script.count("function ") == len(needed)
    assert script.count("function cell_rates(") == 1


def test_texts_of_a_script_keep_their_spaces():
    assert (
        small_script('  // a\n  const a = {b: "c : d"};\n  f(`x - ${a}`) + 1')
        == 'const a={b:"c : d"};\nf(`x - ${a}`)+1'
    )


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a - b / 2", ("a", "b", 2.0, "@/", "@-")),
        ("-(a ** 2)", ("a", 2.0, "@**", "@neg")),
        ("exp(a) * 3", ("a", "@exp", 3.0, "@*")),
    ],
)
def test_a_formula_is_told_in_postfix(text, expected):
    assert Formula(text).postfix == expected


@needs_node
@pytest.mark.parametrize(
    ("action", "message"),
    [
        ({"node": "RANKLL", "level": 1}, "unknown node 'RANKLL'"),
        ({"node": "constructor", "level": 1}, "unknown node 'constructor'"),
        ({"node": "RANKL", "level": 1.5}, "RANKL cannot be held at 1.5"),
        ({"node": "RANKL", "level": "NaN"}, "RANKL cannot be held at NaN"),
        ({"compound": "Quercitin", "value": 1, "unit": "uM"}, "unknown compound 'Quercitin'"),
        ({"compound": "Quercetin", "value": 1, "unit": "mg"}, "unknown unit of Quercetin 'mg'"),
        ({"compound": "Quercetin", "value": -1, "unit": "uM"}, "a dose must be 0 or more, not -1"),
        ({"background": "toString"}, "unknown background 'toString'"),
        ({"node": "RANKL", "level": 1, "start": 9, "stop": 3}, "an action stops before it starts"),
    ],
)
def test_a_wrong_action_is_refused_by_name(action, message):
    script = """
    try { model.run({actions: [input.action], days: 1}); return "ran"; }
    catch (error) { return [error instanceof RemodelSim.Problem, error.message]; }
    """
    assert in_node(script, action=action) == [True, message]


@needs_node
def test_a_later_action_wins_over_an_earlier_one_for_its_time():
    script = """
    const clamp = (level, start, stop) => ({node: "RANKL", level, start, stop});
    return model.settings([clamp(1), clamp(0, 10, 20)]).map(one => [one.level, one.start, one.stop ?? null]);
    """
    found = in_node(script)
    assert [row[:2] for row in found] == [[1, 0], [1, 20], [0, 10]]


@needs_node
def test_an_action_of_a_compound_can_be_left_out():
    script = """
    const end = actions => [...model.run({actions, times: [365]}).state(0)];
    const full = {compound: "Quercetin", value: 10, unit: "uM"};
    const all = model.compounds.Quercetin.effects.map((_, k) => k);
    const drug = {compound: "Denosumab", value: 60, unit: "mg", without: ["drug"]};
    return [[], [{...full, without: all}], [drug], [full], [{...full, without: [0]}]].map(end);
    """
    nothing, without_all, without_drug, full, without_one = in_node(script)
    assert without_all == nothing
    assert without_drug == pytest.approx(nothing)
    assert len({str(state) for state in (nothing, full, without_one)}) == 3


def test_what_a_page_does_not_offer_does_not_travel_with_it():
    data = json.loads(page_data(MODEL, compounds={"Quercetin"}, backgrounds=(), readouts=["BMD_hip"], labels={"RANKL"}))
    assert list(data["compounds"]) == ["Quercetin"]
    assert data["backgrounds"] == {}
    assert list(data["readouts"]) == ["BMD_hip"]
    assert [row[0] for row in data["nodes"] if row[1] or row[2]] == ["RANKL"]
    assert len(data["nodes"]) == len(MODEL.network.nodes)


def test_a_readout_brings_the_readouts_that_its_formula_names():
    doubled = replace(MODEL.readouts["BMD_hip"], name="Doubled", ode=Formula("2 * CTX + RANKL"), aliases=())
    data = json.loads(page_data(replace(MODEL, readouts={**MODEL.readouts, "Doubled": doubled}), readouts=["Doubled"]))
    assert set(data["readouts"]) == {"Doubled", "CTX"}
