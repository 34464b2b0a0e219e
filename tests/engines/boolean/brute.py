"""Small Boolean networks by brute force: every state, every transition, nothing clever."""

from itertools import combinations, product

import numpy as np

from remodelsim.nouns.rule import Rule


def random_rules(rng, size, most=3, inputs=0):
    """Draw a network: every node a random expression over a few nodes; the first `inputs` are inputs."""
    names = [f"n{i}" for i in range(size)]
    rules = {}
    for i, name in enumerate(names):
        if i < inputs:
            rules[name] = Rule.parse(name, name)
            continue
        chosen = rng.choice(names, rng.integers(1, most + 1), replace=False)
        text = ("!" if rng.random() < 0.4 else "") + chosen[0]
        for other in chosen[1:]:
            text = f"({text} {rng.choice(['&', '|'])} {'!' if rng.random() < 0.4 else ''}{other})"
        if rng.random() < 0.1:
            text = rng.choice(["0", "1"])
        rules[name] = Rule.parse(name, text)
    return rules


def states_of(size):
    """List all states; bit j of the number is node j."""
    return [tuple(number >> j & 1 for j in range(size)) for number in range(1 << size)]


def number_of(state):
    return sum(bit << j for j, bit in enumerate(state))


def image(rules, state):
    known = dict(zip(rules, map(bool, state), strict=True))
    return tuple(int(rule.expr.holds(known)) for rule in rules.values())


def law_of_start(start):
    law = np.ones(1)
    for p in start:
        law = np.concatenate([law * (1 - p), law * p])
    return law


def generator(rules, up, down, hold):
    """Return the matrix of rates of the continuous-time process, from row to column."""
    size = len(rules)
    out = np.zeros((1 << size, 1 << size))
    for number, state in enumerate(states_of(size)):
        asked = image(rules, state)
        for j in range(size):
            if hold[j] >= 0:
                rate = down[j] * (1 - hold[j]) if state[j] else up[j] * hold[j]
            else:
                rate = (down[j] if state[j] else up[j]) * (asked[j] != state[j])
            out[number, number ^ (1 << j)] += rate
    return out - np.diag(out.sum(axis=1))


def step_matrix(rules, dynamics, hold):
    """Return the transition matrix of one step, from row to column."""
    size = len(rules)
    out = np.zeros((1 << size, 1 << size))
    if dynamics == "synchronous":
        sets = [tuple(range(size))]
    elif dynamics == "asynchronous":
        sets = [(j,) for j in range(size)]
    else:
        sets = [c for k in range(1, size + 1) for c in combinations(range(size), k)]
    for number, state in enumerate(states_of(size)):
        asked = image(rules, state)
        for chosen in sets:
            options = [[(1, hold[j]), (0, 1 - hold[j])] if hold[j] >= 0 else [(asked[j], 1.0)] for j in chosen]
            for outcome in product(*options):
                after = list(state)
                p = 1.0 / len(sets)
                for j, (bit, chance) in zip(chosen, outcome, strict=True):
                    after[j] = bit
                    p *= chance
                out[number, number_of(after)] += p
    return out


def asynchronous_edges(rules):
    """Return the successors of every state when one node at a time may change."""
    size, out = len(rules), []
    for number, state in enumerate(states_of(size)):
        asked = image(rules, state)
        out.append([number ^ (1 << j) for j in range(size) if asked[j] != state[j]])
    return out


def attractors(rules):
    """Return the terminal strongly connected sets of the asynchronous graph, as sorted tuples of states."""
    edges = asynchronous_edges(rules)
    reach = []
    for start in range(len(edges)):
        seen, todo = {start}, [start]
        while todo:
            for other in edges[todo.pop()]:
                if other not in seen:
                    seen.add(other)
                    todo.append(other)
        reach.append(seen)
    return {tuple(sorted(r)) for s, r in enumerate(reach) if all(s in reach[t] for t in r)}


def trap_spaces(rules):
    """Return all trap spaces as tuples of 0, 1 and None, and the minimal ones."""
    size = len(rules)
    found = []
    for space in product((0, 1, None), repeat=size):
        inside = [s for s in states_of(size) if all(w is None or w == b for w, b in zip(space, s, strict=True))]
        images = [image(rules, s) for s in inside]
        if all(w is None or all(i[j] == w for i in images) for j, w in enumerate(space)):
            found.append(space)

    def within(a, b):
        return all(y is None or x == y for x, y in zip(a, b, strict=True))

    minimal = [a for a in found if not any(b != a and within(b, a) for b in found)]
    return found, minimal


def golden_rules(seed, size):
    """Make a network by a recipe that no library can change."""
    state = seed

    def draw(below):
        nonlocal state
        state = (6364136223846793005 * state + 1442695040888963407) % 2**64
        return (state >> 33) % below

    names = [f"g{i}" for i in range(size)]
    rules = {}
    for name in names:
        text = ("!" if draw(5) < 2 else "") + names[draw(size)]
        for _ in range(draw(4)):
            text = f"({text} {'&|'[draw(2)]} {'!' if draw(5) < 2 else ''}{names[draw(size)]})"
        rules[name] = Rule.parse(name, text)
    return rules
