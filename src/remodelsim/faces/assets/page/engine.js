// The model in the page. The kernels that stand above (rates, Jacobian, sparse factors, Rodas4P2, cells, gates) are
// translated from the Python functions of the same names; here stands what feeds them: the network, what is done
// when, the course through time, and what is read of it.
class Problem extends Error {}
function exp700(a) { return Math.exp(a > 700 ? 700 : a < -700 ? -700 : a); }

// sizes of the cell layer; DRUGS counts three numbers for each
// (CELLS, OUTS, MODS and DRUGS stand in front of this file, from Python)
// ---- the network ----------------------------------------------------------------------------------------------
// rules in postfix: +3 or -3 a leaf (edge 3, its sign), &2 and |2 join the last two elements
function readRules(d) {
  const p = {start: [0], kind: [], first: [], count: [], parts: [], edge: [], sign: []};
  const target = [];
  for (const rule of d.rules) {
    const stack = [];
    for (const token of rule ? rule.split(" ") : []) {
      const number = +token.slice(1), leaf = token[0] === "+" || token[0] === "-";
      const inner = leaf ? [] : stack.splice(stack.length - number);
      stack.push(p.kind.length);
      p.kind.push(leaf ? 0 : token[0] === "&" ? 1 : 2);
      p.first.push(p.parts.length);
      p.count.push(inner.length);
      p.parts.push(...inner);
      p.edge.push(leaf ? number : -1);
      p.sign.push(leaf ? (token[0] === "+" ? 1 : -1) : 0);
      if (leaf) target[number] = p.start.length - 1;
    }
    p.start.push(p.kind.length);
  }
  const out = {source: Int32Array.from(d.source), target: Int32Array.from(target)};
  for (const name in p) out[name] = Int32Array.from(p[name]);
  return out;
}

// where a matrix with these entries fills in when its rows are eliminated in this order
function makePattern(size, wanted, order) {
  const rows = Array.from({length: size}, (_, i) => new Set([i]));
  for (const [i, j] of wanted) rows[i].add(j);
  const flat = (lists, column) => {
    const start = [0], all = [];
    for (const list of lists) { all.push(...list); start.push(all.length); }
    return [Int32Array.from(start), Int32Array.from(all)];
  };
  const [row, column] = flat(rows.map(set => [...set].sort((a, b) => a - b)));
  const rank = new Int32Array(size);
  order.forEach((i, k) => { rank[i] = k; });
  const byRank = (a, b) => rank[a] - rank[b];
  const columns = rows.map(() => new Set());
  rows.forEach((set, i) => set.forEach(j => columns[j].add(i)));
  for (const pivot of order) {
    const right = [...rows[pivot]].filter(j => rank[j] > rank[pivot]);
    for (const i of columns[pivot]) if (rank[i] > rank[pivot]) for (const j of right) { rows[i].add(j); columns[j].add(i); }
  }
  const side = keep => flat(order.map(i => [...rows[i]].filter(j => keep(rank[j] - rank[i])).sort(byRank)));
  const [low, low_column] = side(x => x < 0), [high, high_column] = side(x => x > 0);
  return {row, column, order: Int32Array.from(order), rank, low, high, low_column, high_column};
}

function makeLayout(d, program, n, cells) {
  const size = n + cells, owned = d.owned, is = new Uint8Array(n), ints = a => Int32Array.from(a);
  owned.forEach(i => { is[i] = 1; });
  const ruled = [];
  for (let i = 0; i < n; i++) if (!is[i] && program.start[i] < program.start[i + 1]) ruled.push(i);
  const follows = new Set(ruled), node = d.couplings.node;
  const places = {
    cell_cell: d.places.cell_cell.map(([r, s]) => [n + r, n + s, r, s]),
    cell_coupling: d.places.cell_coupling.map(([r, c]) => [n + r, node[c], r, c]),
    cell_estrogen: d.places.cell_estrogen.map(([r]) => [n + r, d.estrogen, r, 0]),
    owned_cell: d.places.owned_cell.map(([r, s]) => [owned[r], n + s, r, s]),
    owned_coupling: d.places.owned_coupling.map(([r, c]) => [owned[r], node[c], r, c]),
  };
  const wanted = Object.values(places).flat();
  program.target.forEach((t, e) => { if (follows.has(t)) wanted.push([t, program.source[e]]); });
  const pattern = makePattern(size, wanted, d.order);
  const entry = (i, j) => {
    for (let k = pattern.row[i]; k < pattern.row[i + 1]; k++) if (pattern.column[k] === j) return k;
    return -1;
  };
  const out = {
    program, pattern, ruled: ints(ruled), owned: ints(owned), owner: ints(d.owner), node: ints(node),
    modulator: ints(d.couplings.modulator), estrogen: d.estrogen, diagonal: new Int32Array(size), edge: null,
  };
  for (let i = 0; i < size; i++) out.diagonal[i] = entry(i, i);
  out.edge = program.target.map((t, e) => follows.has(t) ? entry(t, program.source[e]) : -1);
  for (const name in places) out[name] = ints(places[name].flatMap(([i, j, r, c]) => [entry(i, j), r, c]));
  return out;
}

// numbers of the reference draw, room to compute in, and the stepper: the fields of the Python tuples of these names
function makeRooms(d, layout, n) {
  const {program, pattern} = layout, size = layout.diagonal.length, F = k => new Float64Array(k);
  const level = F(n), gain = F(n), tempo = F(n), strength = Float64Array.from(d.strength);
  d.nodes.forEach((row, i) => { level[i] = row[4]; gain[i] = row[5]; tempo[i] = 1 / (row[6] / 24); });
  const anchor = anchors(program, level, gain, strength), weight = strength.slice();
  program.kind.forEach((kind, k) => { if (kind === 0) weight[program.edge[k]] *= program.sign[k]; });
  const deepest = Math.max(1, ...program.start.subarray(1).map((stop, i) => stop - program.start[i]));
  const numbers = {
    level, gain, inverse: anchor.map(a => 1 / a), weight, tempo, curve: Float64Array.from(d.couplings.curve),
    healthy: Float64Array.from(d.healthy), parameters: Float64Array.from(d.parameters),
    without: Float64Array.of(d.without), ceiling: Float64Array.of(d.without > 0 ? d.without : 1), alpha: F(n), beta: F(n), onset: F(n), decline: F(n), free: F(size),
    pace: F(n), factor: F(MODS), drug: F(DRUGS), origin: F(1), falling: new Int32Array(1), faller: new Int32Array(n),
  };
  const scratch = {
    b: F(n).fill(0.5), asked: F(n), slope: F(n), values: F(deepest), adjoint: F(deepest), m: F(MODS),
    bend: F(layout.node.length), cells: F(CELLS), mods: F(MODS), drugs: F(DRUGS / 3), change: F(CELLS),
    outputs: F(OUTS),
    estrogen: F(1), jy: F(CELLS * CELLS), jm: F(CELLS * MODS), je: F(CELLS), oy: F(OUTS * CELLS),
    om: F(OUTS * MODS), scale: F(layout.owned.length),
  };
  const stepper = {
    y: F(size), new: F(size), trial: F(size), f: F(size), drift: F(size), u: F(6 * size),
    values: F(pattern.column.length), shift: F(size),
    factors: {low: F(pattern.low_column.length), high: F(pattern.high_column.length), inverse: F(size), scratch: F(size)},
    smallest: F(size), t: F(1), then: F(1), h: F(1), fresh: new Int32Array(1), error: F(1), total: F(1), taken: F(1),
    stop: F(1),
  };
  const desk = {state: F(size), outputs: F(OUTS)};
  return {numbers, scratch, stepper, desk, strength};
}

// ---- doses of the drugs that the cells carry --------------------------------------------------------------------
function regimen(drug, value, every, first, last) {
  const rise = drug.scale * value, decay = drug.decay;
  if (drug.flows) return {decay, boluses: [], infusions: [[first, last, rise / every]]};
  const count = Math.ceil((last - first) / every - 1e-9);
  if (every < drug.exact && count > 1) {
    // a bolus makes up for an inflow that sets in slowly; it stops as much earlier
    const rate = averaged_rate(rise, decay, every), end = first + count * every, ahead = head_start(decay, every);
    return {decay, boluses: [[first, ahead * rate]], infusions: [[first, end - ahead, rate]]};
  }
  return {decay, boluses: Array.from({length: count}, (_, i) => [first + i * every, rise]), infusions: []};
}
const SLACK = 1e-6;
function levelAt(doses, time) {
  let total = 0;
  for (const [day, rise] of doses.boluses) {
    if (day <= time + SLACK) total += rise * Math.exp(-doses.decay * Math.max(time - day, 0));
  }
  for (const [first, last, rate] of doses.infusions) if (time > first) {
    const end = Math.min(time, last);
    total += level(end - first, 0, doses.decay, rate) * Math.exp(-doses.decay * (time - end));
  }
  return total;
}
function rateAt(doses, time) {
  let total = 0;
  for (const [first, last, rate] of doses.infusions) if (first <= time + SLACK && time + SLACK < last) total += rate;
  return total;
}

// ---- the model --------------------------------------------------------------------------------------------------
const has = (table, name) => Object.prototype.hasOwnProperty.call(table, name);
const table = (entries, make) => Object.fromEntries(Object.entries(entries).map(([name, row]) => [name, make(row, name)]));
function load(d) {
  const names = d.nodes.map(row => row[0]), n = names.length, size = n + CELLS, width = size + OUTS;
  const index = Object.assign(Object.create(null), Object.fromEntries(names.map((name, i) => [name, i])));
  const program = readRules(d), layout = makeLayout(d, program, n, CELLS);
  const {numbers, scratch, stepper: s, desk, strength} = makeRooms(d, layout, n);
  const owner = new Int32Array(n).fill(-1);
  d.owned.forEach((i, k) => { owner[i] = d.owner[k]; });
  const healthy = new Float64Array(size);
  healthy.set(numbers.level);
  healthy.set(numbers.healthy.subarray(0, CELLS), n);
  const known = (table, name, what) => {
    if (!has(table, name)) throw new Problem(`unknown ${what} '${name}'`);
    return table[name];
  };
  const place = name => {
    const found = Number.isInteger(name) && name >= 0 && name < n ? name : index[name];
    if (found === undefined) throw new Problem(`unknown node '${name}'`);
    return found;
  };

  // what is done, as single settings with a time each; a later one wins over an earlier one of the same thing
  function settings(actions) {
    let out = [];
    for (const action of actions || []) {
      const start = action.start ?? 0, stop = action.stop ?? Infinity;
      if (!(start >= 0 && stop > start && start < Infinity)) throw new Problem("an action stops before it starts");
      const own = singles(action).map(one => ({start, stop, ...one}));
      for (const one of own) out = out.flatMap(old => old.subject === one.subject ? cutOut(old, start, stop) : [old]);
      out.push(...own);
    }
    return out.filter(one => one.kind !== "dose" || one.value > 0);
  }
  function singles(action) {
    const clamp = (node, level) => {
      if (!(level >= 0 && level <= 1)) throw new Problem(`${node} cannot be held at ${level}`);
      return {kind: "node", subject: "n" + place(node), node: place(node), level: +level};
    };
    const course = node => ({kind: "course", subject: "n" + place(node), node: place(node)});
    if (action.background !== undefined) {
      const {levels, courses} = known(model.backgrounds, action.background, "background");
      return [...Object.entries(levels).map(([node, x]) => clamp(node, x)), ...courses.map(course)];
    }
    if (action.course !== undefined) return [course(action.course)];
    if (action.node !== undefined) return [{...clamp(action.node, action.level), yields: !!action.yields}];
    const compound = known(model.compounds, action.compound, "compound"), value = +action.value;
    if (!(value >= 0 && value < Infinity)) throw new Problem(`a dose must be 0 or more, not ${action.value}`);
    known(compound.doses, action.unit, "unit of " + action.compound);
    if (compound.drug && value > 0 && action.unit !== compound.drug.unit) {
      throw new Problem(`${action.compound} is given in ${compound.drug.unit}, not in ${action.unit}`);
    }
    return [{kind: "dose", subject: "c" + action.compound, compound: action.compound, value, unit: action.unit,
      every: action.every || 0, without: action.without || []}];
  }
  function cutOut(old, start, stop) {
    if (!(old.start < stop && start < old.stop)) return [old];
    const out = [];
    if (old.start < start) out.push({...old, stop: start});
    if (stop < old.stop) out.push({...old, start: stop});
    return out;
  }

  // share of an action that is present at a dose
  function occupancy(effect, value, unit) {
    const half = effect.at[unit];
    if (half === undefined || value <= 0) return 0;
    const present = hill(value, half[0], effect.hill);
    return half[1] === undefined ? present : present * (1 - hill(value, half[1], effect.toxic_hill));
  }
  function doingOf(active) {
    const F = k => new Float64Array(k), doing = {held: F(size), alpha: F(n), beta: F(n).fill(1), onset: F(n),
      decline: F(n), factor: F(MODS).fill(1)}, jump = [], acting = [], mild = [];
    for (const one of active) {
      if (one.kind === "dose") model.compounds[one.compound].effects.forEach((effect, k) => {
        if (one.without.includes(k)) return;
        acting.push([effect.sign, effect.position, effect.strength * occupancy(effect, one.value, one.unit)]);
      });
      else if (one.kind === "course") { doing.onset[one.node] = one.start; doing.decline[one.node] = d.decline; }
      else if (one.yields && owner[one.node] < 0) mild.push(one);
      else {
        doing.held[one.node] = 1;
        jump.push([one.node, one.level]);
        if (owner[one.node] >= 0) holdCells(one.node, one.level, doing, jump);
      }
    }
    acting.sort((a, b) => b[0] - a[0]);
    for (const [sign, i, share] of acting) {
      doing.alpha[i] = doing.alpha[i] * (1 - share) + (sign > 0 ? share : 0);
      doing.beta[i] *= 1 - share;
    }
    // a circumstance yields to the compounds that act on it
    for (const {node, level} of mild) {
      doing.alpha[node] += doing.beta[node] * level;
      doing.beta[node] = 0;
    }
    return {doing, jump};
  }
  function holdCells(i, x, doing, jump) {
    const q = owner[i], times = times_healthy(x, numbers.level[i]);
    if (q < CELLS) { doing.held[n + q] = 1; jump.push([n + q, times * numbers.healthy[q]]); }
    else if (d.fluxes[q] !== undefined) doing.factor[d.fluxes[q]] *= times;
  }
  // stretches of time in which nothing is switched
  function stretches(list, horizon) {
    const drugs = [], cuts = new Set();
    for (const one of list) {
      for (const t of [one.start, one.stop]) if (t > SLACK && t < horizon - SLACK) cuts.add(t);
      const drug = one.kind === "dose" && !one.without.includes("drug") && model.compounds[one.compound].drug;
      if (!drug || one.start >= horizon) continue;
      const doses = regimen(drug, one.value, one.every || drug.every, one.start, Math.min(one.stop, horizon + drug.every));
      drugs.push({channel: drug.channel, doses});
      for (const t of [...doses.boluses.map(b => b[0]), ...doses.infusions.flatMap(i => [i[0], i[1]])]) {
        if (t > SLACK && t < horizon - SLACK) cuts.add(t);
      }
    }
    const sorted = [...cuts].sort((a, b) => a - b);
    const edges = [0, ...sorted.filter((t, k) => (k + 1 < sorted.length ? sorted[k + 1] : horizon) - t > SLACK), horizon];
    return edges.slice(0, -1).map((start, k) => {
      const drug = new Float64Array(DRUGS);
      for (const {channel, doses} of drugs) addDrug(drug, 3 * channel, doses, start);
      return {start, stop: edges[k + 1], drug, ...doingOf(list.filter(one => one.start <= start && start < one.stop))};
    });
  }
  function addDrug(drug, at, doses, start) {
    const now = levelAt(doses, start), rate = rateAt(doses, start);
    if (now === 0 && rate === 0) return;
    if (drug[at + 1] !== 0 && drug[at + 1] !== doses.decay) {
      throw new Problem("two drugs of the same kind that wash out differently cannot be given together");
    }
    drug[at] += now;
    drug[at + 1] = doses.decay;
    drug[at + 2] += rate;
  }

  // ---- through time: Rodas4P2 (L-stable, order 4), one stretch after the other ---------------------------------
  function follow(list, times, from, values, relative, absolute) {
    const horizon = Math.max(times[times.length - 1], 1e-6), parts = stretches(list, horizon);
    let row = 0, steps = 0;
    const note = t => {
      values.set(desk.state, row * width);
      _modulate(layout, numbers, scratch, desk.state);
      _turn(layout, numbers, scratch, Float64Array.of(t), desk.state);
      cell_outputs(scratch.cells, scratch.mods, scratch.drugs, 1, numbers.parameters, desk.outputs);
      values.set(desk.outputs, row * width + size);
      row++;
    };
    s.y.set(from);
    for (let i = 0; i < size; i++) s.smallest[i] = absolute * (i < n ? 1 : Math.max(numbers.healthy[i - n], 1));
    for (const part of parts) {
      for (const [i, value] of part.jump) s.y[i] = value;
      load_doing(layout, numbers, part.doing, part.drug, part.start);
      s.t[0] = part.start;
      s.fresh[0] = 1;
      let again = false;
      desk.state.set(s.y);
      while (row < times.length && times[row] <= s.t[0]) note(s.t[0]);
      while (s.t[0] < part.stop) {
        limit(part.stop);
        try_step(layout, numbers, scratch, s, relative);
        const h = s.h[0], error = Number.isFinite(s.total[0]) ? s.error[0] : Infinity, taken = error <= 1;
        s.h[0] = next_step(h, error, taken, again);
        again = !taken;
        if (++steps >= 5000 || s.h[0] < 1e-13 * Math.max(s.t[0], 1)) return {steps, reached: s.t[0], ok: false, row};
        if (!taken) continue;
        const end = h >= s.stop[0] - s.t[0] ? s.stop[0] : s.t[0] + h;
        // the end of a stretch belongs to the next one
        while (row < times.length && (end < part.stop ? times[row] <= end : times[row] < end)) {
          between(s, (times[row] - s.t[0]) / h, n, desk.state);
          note(times[row]);
        }
        s.t[0] = end;
        s.taken[0] = 1;
        take_steps(s);
      }
    }
    desk.state.set(s.y);
    while (row < times.length) note(horizon);
    return {steps, reached: horizon, ok: true, row};
  }
  // no step may pass the onset of a course
  function limit(stop) {
    s.stop[0] = stop;
    for (let k = 0; k < numbers.falling[0]; k++) {
      const onset = numbers.onset[numbers.faller[k]];
      if (s.t[0] < onset && onset < s.stop[0]) s.stop[0] = onset;
    }
  }
  function run(asked) {
    const begun = performance.now();
    const times = asked.times ? Float64Array.from(asked.times)
      : Float64Array.from({length: asked.points || 161}, (_, k) => k * asked.days / ((asked.points || 161) - 1));
    for (let k = 0; k < times.length; k++) {
      if (!(times[k] >= (k ? times[k - 1] : 0) && times[k] < Infinity)) throw new Problem("times must ascend from 0 on");
    }
    const reuse = asked.into && asked.into.values.length === times.length * width;
    const values = reuse ? asked.into.values : new Float64Array(times.length * width);
    const list = asked.settings || settings(asked.actions);
    const found = follow(list, times, asked.from || healthy, values, asked.rtol || 1e-3, asked.atol || 1e-4);
    values.fill(NaN, found.row * width);
    return new Run(times, values, found, performance.now() - begun);
  }

  class Run {
    constructor(t, values, found, ms) {
      this.t = t;
      this.values = values;
      this.ok = found.ok;
      this.reached = found.reached;
      this.steps = found.steps;
      this.ms = ms;
    }
    column(k) { return Float64Array.from(this.t, (_, row) => this.values[row * width + k]); }
    node(name) { return this.column(place(name)); }
    cell(name) { return quantity(name, this); }
    read(name) { return readout(name, this); }
    state(k) { return this.values.subarray(k * width, k * width + size); }
    at(k) { return {t: this.t[k], x: this.values.subarray(k * width, k * width + n)}; }
  }

  // ---- reading ----------------------------------------------------------------------------------------------------
  // what the cells measure, as multiples of health
  function quantity(name, run) {
    const states = d.cells, relative = k => run.column(n + k).map(v => v / numbers.healthy[k]);
    const product = (a, b) => { const x = quantity(a, run), y = quantity(b, run); return x.map((v, k) => v * y[k]); };
    const k = states.indexOf(name);
    switch (name) {
      case "formation": case "resorption": {
        const q = CELLS + (name === "formation" ? 0 : 1);
        return run.column(n + q).map(v => Math.max(v, 0) / numbers.healthy[q]);
      }
      case "p1np": return quantity("formation", run).map(v => Math.pow(v, d.markers[0]));
      case "ctx": return quantity("resorption", run).map(v => Math.pow(v, d.markers[1]));
      case "bmd_hip": return product("bone_hip", "mineral");
      case "bmd_lumbar": return product("bone_lumbar", "mineral");
    }
    if (k < 0 || !(numbers.healthy[k] > 0)) throw new Problem(`unknown quantity of the cells '${name}'`);
    return relative(k);
  }
  const isQuantity = name => d.cells.includes(name) || ["formation", "resorption", "p1np", "ctx", "bmd_hip", "bmd_lumbar"].includes(name);
  function readout(name, run) {
    return has(model.readouts, name) ? formula(model.readouts[name].formula, run) : run.node(name);
  }
  // a formula in postfix: numbers, names, and @ before a sign or function
  function formula(tokens, run) {
    const stack = [], length = run.t.length;
    for (const token of tokens) {
      if (token[0] === "@") {
        const [count, work] = SIGNS[token], b = count > 1 ? stack.pop() : null, a = stack.pop();
        stack.push(a.map((v, k) => work(v, b && b[k])));
      } else if (isFinite(token)) stack.push(new Float64Array(length).fill(+token));
      else stack.push(index[token] !== undefined ? run.node(token) : isQuantity(token) ? quantity(token, run) : readout(token, run));
    }
    return stack.pop();
  }

  // how strongly each arrow acts at these activities: the slope of what its target asks for, before compounds act
  const alone = {program, edge: program.source.map((_, e) => e)};
  function slopes(x) {
    const out = new Float64Array(program.source.length);
    for (let i = 0; i < n; i++) if (program.start[i] < program.start[i + 1]) {
      _evaluate(alone, numbers, scratch, x, i);
      _differentiate(alone, numbers, scratch, i, out);
    }
    gate_slopes(scratch.b, numbers.gain, numbers.inverse, numbers.level, scratch.slope);
    return out.map((by, e) => by * scratch.slope[program.target[e]]);
  }

  // ---- why: each single action switched off, and run again ---------------------------------------------------------
  function causesOf(list, rest) {
    const kept = new Set(rest.map(one => JSON.stringify(one))), out = [];
    list.forEach((one, at) => {
      if (kept.has(JSON.stringify(one))) return;
      const without = change => list.flatMap((other, k) => k === at ? change : [other]);
      if (one.kind !== "dose") {
        out.push({kind: one.kind, node: names[one.node], list: without([])});
        return;
      }
      const {effects, drug} = model.compounds[one.compound];
      effects.forEach((effect, k) => {
        if (!one.without.includes(k) && occupancy(effect, one.value, one.unit) > 0) out.push({kind: "effect", compound: one.compound,
          node: effect.node, sign: effect.sign, edge: k, list: without([{...one, without: [...one.without, k]}])});
      });
      if (drug && !one.without.includes("drug")) out.push({kind: "drug", compound: one.compound, node: null, list: without([{...one, without: [...one.without, "drug"]}])});
    });
    return out;
  }
  // one cause at a time, so that a page stays quick: yields {change} first, then each cause
  function* causes(asked, {against = [], readout: name, rtol = 3e-3}) {
    const list = settings(asked.actions), rest = settings(against), times = [asked.days];
    const value = settled => readout(name, run({settings: settled, times, rtol, atol: rtol / 100, from: asked.from}))[0];
    const start = value(rest), change = value(list) - start;
    yield {change, before: start};
    for (const {list: less, ...cause} of causesOf(list, rest)) {
      const without = value(less) - start;
      yield {...cause, without, share: change === 0 ? 0 : (change - without) / change};
    }
  }
  function explain(asked, how) {
    const [first, ...found] = causes(asked, how);
    return {...first, causes: found.sort((a, b) => Math.abs(b.share) - Math.abs(a.share))};
  }

  const model = {
    names, index, healthy, cellNames: [...d.cells.filter((_, k) => numbers.healthy[k] > 0), "formation", "resorption", "p1np", "ctx", "bmd_hip", "bmd_lumbar"],
    nodes: d.nodes.map(([name, en, zh, lane, level]) => ({name, en: en || name, zh: zh || name, lane: d.lanes[lane], level})),
    edges: Array.from(program.source, (source, k) => ({source, target: program.target[k], strength: strength[k], sign: Math.sign(numbers.weight[k])})),
    compounds: table(d.compounds, ([en, zh, kind, doses, effects, drug], name) => ({
      name, en, zh, kind, drug: drug || null, doses: table(doses, ([usual, low, high]) => ({default: usual, low, high})),
      effects: effects.map(([i, strength, at, hill = 1, toxic_hill = 4]) => ({
        node: names[i], position: i, sign: Math.sign(strength), strength: Math.abs(strength), at, hill, toxic_hill})),
    })),
    backgrounds: table(d.backgrounds, ([en, zh, levels, courses], name) => ({name, en, zh, levels, courses})),
    readouts: table(d.readouts, ([en, zh, unit, better, formula, scale], name) => ({
      name, en, zh, unit, better, scale, formula: formula.split(" ")})),
    settings, run, causes, explain, occupancy,
    readout(name) {
      if (has(model.readouts, name)) return model.readouts[name];
      const node = model.nodes[place(name)];
      return {name: node.name, en: node.en, zh: node.zh, unit: "activity", better: "none", healthy: node.level, scale: node.level || 1};
    },
    slopes,
    rhs(actions, day, state) {
      const part = stretches(settings(actions), day + 1).filter(one => one.start <= day).pop(), out = new Float64Array(size);
      load_doing(layout, numbers, part.doing, part.drug, part.start);
      rates(layout, numbers, scratch, Float64Array.of(day), Float64Array.from(state), out);
      return out;
    },
  };
  const rest = {t: [0], column: k => Float64Array.of(k < size ? healthy[k] : numbers.healthy[k - n]), node: name => rest.column(place(name))};
  for (const one of Object.values(model.readouts)) {
    one.healthy = readout(one.name, rest)[0];
    const usual = Math.abs(one.healthy);
    one.scale ??= usual > 0 && usual < Infinity ? usual : 1;
  }
  return model;
}
const SIGNS = {"@+": [2, (a, b) => a + b], "@-": [2, (a, b) => a - b], "@*": [2, (a, b) => a * b], "@/": [2, (a, b) => a / b],
  "@**": [2, Math.pow], "@neg": [1, a => -a], "@exp": [1, Math.exp], "@log": [1, Math.log], "@sqrt": [1, Math.sqrt]};
