"""Small networks for tests of the engines."""

from remodelsim.nouns.network import Edge, Network, Node
from remodelsim.nouns.rule import Rule


def small_network(rules, *, level=0.5, gain=2.0, tau_h=6.0, strength=0.3, levels=None, strengths=None):
    """Make a network from a mapping of target to expression."""
    parsed = {name: Rule.parse(name, text) for name, text in rules.items()}
    nodes = tuple(
        Node(name, name, name, "signal", "", "activity", (levels or {}).get(name, level), gain, tau_h, lane="immune")
        for name in rules
    )
    edges = tuple(
        Edge(source, target, sign, (strengths or {}).get((source, target), strength), assumption="test")
        for target, rule in parsed.items()
        if not rule.is_input
        for source, sign in rule.signs.items()
    )
    return Network(nodes, parsed, edges, "small")
