// Why: each of the student's changes taken back, then each drawn node held as before; what remains tells its share.
const why = { ticket: 0, due: null };
const MOST_CAUSES = 5;
const SMALL = 0.02;

function askWhy() {
  clearTimeout(why.due);
  why.ticket += 1;
  const ticket = why.ticket;
  why.due = setTimeout(() => workOut(ticket), 320);
}

function* questions(readout) {
  const mine = data.controls.filter((control) => state.settings[control.name] !== state.ghost[control.name]);
  const given = actionsOf(state.settings);
  for (const control of mine) {
    const settings = { ...state.settings, [control.name]: state.ghost[control.name] };
    yield { text: changeText(control), actions: actionsOf(settings), kind: "change" };
  }
  yield* singleActions(given);
  const moment = momentOf(state.run, state.day);
  const now = state.run.at(moment).x.slice();
  const before = state.ghostRun.at(momentOf(state.ghostRun, state.day)).x;
  const set = new Set(given.map((action) => action.node || action.course));
  const moved = data.nodes
    .map((node) => node.name)
    .filter((name) => !set.has(name) && !OWNED.has(name) && name !== readout && Math.abs(now[model.index[name]] - before[model.index[name]]) > CHANGED)
    .sort((a, b) => Math.abs(now[model.index[b]] - before[model.index[b]]) - Math.abs(now[model.index[a]] - before[model.index[a]]))
    .slice(0, 8);
  for (const name of moved) {
    const level = before[model.index[name]];
    yield { text: nameOf(name), actions: [...given, { node: name, level: clamp(level, 0, 1) }], kind: "through", name };
  }
}

// each action of what is given alone, the strongest ones at this dose
function* singleActions(given) {
  const before = actionsOf(state.ghost).map((action) => JSON.stringify(action));
  for (const action of given) {
    if (!action.compound || before.includes(JSON.stringify(action))) continue;
    const { effects } = model.compounds[action.compound];
    const share = (effect) => effect.strength * model.occupancy(effect, action.value, action.unit);
    const strong = effects.map((effect, k) => ({ effect, k })).filter(({ effect }) => share(effect) > 0.01);
    strong.sort((a, b) => share(b.effect) - share(a.effect));
    for (const { effect, k } of strong.length > 1 ? strong.slice(0, 6) : []) {
      const text = say(effect.sign > 0 ? "arrow raises" : "arrow lowers", compoundName(action.compound), nameOf(effect.node));
      yield { text, actions: given.map((other) => (other === action ? { ...other, without: [k] } : other)), kind: "action" };
    }
  }
}

// nodes that the bone cells own: holding them would be holding the answer
const OWNED = new Set(["Osteoblast", "Osteocyte", "Osteoclast", "Sclerostin", "RANKL_RANK", "BoneFormation", "BoneResorption", "Preosteoblast"]);

function changeText(control) {
  return `${told(control.label)}: ${optionText(control, state.settings[control.name])}`;
}

// one run per slice, so that a slider never waits
function workOut(ticket) {
  const readout = data.charts[0].readouts[0];
  const day = state.day;
  const effect = at(state.run, readout, day) - at(state.ghostRun, readout, day);
  const asked = questions(readout);
  const found = [];
  const next = () => {
    if (ticket !== why.ticket) return;
    const step = asked.next();
    if (step.done) return showWhy(readout, effect, found);
    const run = model.run({ actions: step.value.actions, days: Math.max(day, 1), points: 3 });
    if (run.ok) found.push({ ...step.value, part: effect - (at(run, readout, day) - at(state.ghostRun, readout, day)) });
    setTimeout(next, 0);
  };
  next();
}

function showWhy(readout, effect, found) {
  const host = clear(byId("why"));
  if (Math.abs(effect) < 0.3 || !found.length) {
    host.append(make("p", {}, say(found.length ? "why nothing" : "why idle")));
    return;
  }
  host.append(make("p", {}, say("why effect", fullName(readout), signed(effect), timeText(state.day))));
  for (const kind of ["change", "action", "through"]) {
    const list = found.filter((each) => each.kind === kind && Math.abs(each.part) > Math.max(SMALL * Math.abs(effect), 0.05));
    list.sort((a, b) => Math.abs(b.part) - Math.abs(a.part));
    if (!list.length) continue;
    const most = Math.max(Math.abs(effect), Math.abs(list[0].part));
    host.append(make("div", {}, make("h3", {}, say("why " + kind)), make("ol", {}, ...list.slice(0, MOST_CAUSES).map((each) => causeItem(each, most)))));
  }
}

function causeItem(each, most) {
  const bar = make("span", { class: "causebar " + (each.part > 0 ? "gain" : "loss"), style: `inline-size:${Math.round((46 * Math.abs(each.part)) / most)}px`, "aria-hidden": "true" });
  const text = each.name
    ? make("button", { type: "button", class: "link", onclick: () => openNode(each.name) }, each.text)
    : make("span", {}, each.text);
  return make("li", {}, make("span", { class: "causebox" }, bar), text, make("b", {}, ` ${signed(each.part)} %`));
}
