// The network: nodes filled by their activity, arrows that run while their source differs from "before".
const net = { boxes: null, nodes: new Map(), arrows: [], order: [], focus: 0, width: 0 };
const CHANGED = 0.02;

function drawnArrows() {
  return data.arrows.filter((arrow) => outlines.has(arrow.from) && outlines.has(arrow.to));
}

function buildNetwork() {
  const svg = clear(byId("network"));
  const width = Math.max(300, Math.round(svg.parentElement.clientWidth));
  const arrows = drawnArrows();
  const plan = layOut(data.nodes, arrows, width);
  Object.assign(net, { nodes: new Map(), arrows: [], order: [], width, boxes: plan.boxes, badgeKey: null });
  svg.setAttribute("viewBox", `0 0 ${width} ${plan.height}`);
  svg.setAttribute("width", width);
  svg.setAttribute("height", plan.height);
  svg.setAttribute("aria-label", say("network about"));
  markers(draw(svg, "defs"));
  for (const band of plan.bands) drawBand(svg, band);
  const under = draw(svg, "g", { class: "arrows" });
  arrows.forEach((arrow, i) => drawArrow(under, arrow, plan.routes[i]));
  for (const cell of plan.bands.flatMap((band) => band.cells)) {
    draw(svg, "text", { class: "lanename", x: cell.left + 10, y: cell.top + 13 }, laneName(cell));
  }
  for (const node of data.nodes) drawNode(svg, node, plan.boxes.get(node.name));
  const over = draw(svg, "g", { "aria-hidden": "true" });
  for (const parts of net.nodes.values()) parts.badge = draw(over, "g", { class: "badge" });
  net.order = [...data.nodes.map((node) => net.nodes.get(node.name).group), ...net.arrows.map((each) => each.group)];
  net.order.forEach((group, i) => group.setAttribute("tabindex", i === net.focus ? 0 : -1));
}

function laneName(cell) {
  const short = "short lane " + cell.lane;
  return say(cell.right - cell.left < 200 && words[short] ? short : "lane " + cell.lane);
}

function markers(defs) {
  for (const tone of ["up", "down"]) {
    const raise = draw(defs, "marker", markerShape("raise-" + tone, 9));
    draw(raise, "path", { d: "M0 0L10 5L0 10Z", class: "tip raises" });
  }
  const lower = draw(defs, "marker", { ...markerShape("lower", 2), viewBox: "0 0 4 12", markerWidth: 4, markerHeight: 11 });
  draw(lower, "path", { d: "M0 0H3V12H0Z", class: "tip lowers" });
}

function markerShape(id, refX) {
  return { id, viewBox: "0 0 10 10", refX, refY: id === "lower" ? 6 : 5, markerWidth: 8, markerHeight: 8, orient: "auto", markerUnits: "userSpaceOnUse" };
}

function drawBand(svg, band) {
  for (const cell of band.cells) {
    const group = draw(svg, "g", { class: "lane lane-" + cell.lane });
    const box = { x: cell.left + 2, y: band.top, width: cell.right - cell.left - 4, height: band.bottom - band.top, rx: 10 };
    draw(group, "rect", box);
    cell.top = band.top;
  }
}

function drawArrow(parent, arrow, route) {
  if (!route) return;
  const kind = arrow.sign > 0 ? "raises" : "lowers";
  const marks = [arrow.hops.length > 1 ? "folded" : "", arrow.assumed ? "assumed" : "", arrow.disputed ? "disputed" : ""];
  const group = draw(parent, "g", { class: ["arrow", kind, ...marks].filter(Boolean).join(" "), role: "button" });
  draw(group, "path", { d: route.d, class: "reach" });
  const line = draw(group, "path", { d: route.d, class: "line", "marker-end": `url(#${arrow.sign > 0 ? "raise-up" : "lower"})` });
  const flow = draw(group, "path", { d: route.d, class: "flow" });
  group.setAttribute("aria-label", arrowText(arrow));
  reachable(group, () => openArrow(arrow));
  net.arrows.push({ arrow, group, line, flow });
}

function drawNode(svg, node, box) {
  const group = draw(svg, "g", { class: "node lane-" + node.lane, role: "button", "data-node": node.name });
  const left = box.x - box.w / 2;
  draw(group, "rect", { class: "plate", x: left, y: box.y, width: box.w, height: box.h, rx: 8 });
  const fill = draw(group, "rect", { class: "fill", x: left + 4, y: box.y + box.h - 8, width: 0, height: 5, rx: 2.5 });
  const healthy = model.nodes[model.index[node.name]].level;
  const tick = left + 4 + healthy * (box.w - 8);
  draw(group, "path", { class: "tick", d: `M${tick} ${box.y + box.h - 10}v9` });
  const lines = wrapped(nameOf(node.name), box.w - 28);
  lines.forEach((line, i) => {
    const y = box.y + (lines.length === 1 ? 20 : 15 + 11.5 * i);
    draw(group, "text", { class: lines.length > 1 || [...lines[0]].length * 6.1 > box.w - 28 ? "small" : "", x: box.x - 3, y, "text-anchor": "middle", "aria-hidden": "true" }, line);
  });
  const sign = draw(group, "text", { class: "sign", x: left + box.w - 8, y: box.y + 13, "text-anchor": "middle", "aria-hidden": "true" }, "");
  reachable(group, () => openNode(node.name));
  net.nodes.set(node.name, { group, fill, sign, box, healthy });
}

// at most two lines that fit a width, by a rough width of letters
function wrapped(label, room) {
  const widthOf = (text) => [...text].reduce((sum, c) => sum + (c.charCodeAt(0) > 0x2e80 ? 11.5 : 6.1), 0);
  if (widthOf(label) <= room) return [label];
  const chinese = /[\u2e80-\u9fff]/.test(label);
  const parts = chinese ? [...label] : label.split(/(?<=[\s-])/);
  let best = null;
  for (let cut = 1; cut < parts.length; cut += 1) {
    const lines = [parts.slice(0, cut).join(""), parts.slice(cut).join("")];
    const widest = Math.max(...lines.map(widthOf));
    if (!best || widest < best.widest) best = { lines, widest };
  }
  if (!best) return [shortened(label, room + 18, widthOf)];
  return best.lines.map((line) => shortened(line, room + 16, widthOf));
}

function shortened(text, room, widthOf) {
  let out = text;
  while (widthOf(out) > room && out.length > 3) out = out.slice(0, -2) + "\u2026";
  return out;
}

function reachable(group, open) {
  group.addEventListener("click", open);
  group.addEventListener("focus", () => focusOn(net.order.indexOf(group), false));
  group.addEventListener("keydown", (event) => {
    const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
    if (event.key === "Enter" || event.key === " ") open();
    else if (step) focusOn((net.order.indexOf(group) + step + net.order.length) % net.order.length, true);
    else if (event.key === "Home" || event.key === "End") focusOn(event.key === "Home" ? 0 : net.order.length - 1, true);
    else return;
    event.preventDefault();
  });
}

function focusOn(place, move) {
  net.order[net.focus]?.setAttribute("tabindex", -1);
  net.focus = place;
  net.order[place].setAttribute("tabindex", 0);
  if (move) net.order[place].focus();
}

// colours, bars and signs of one day
function paintNetwork(moment, ghostMoment) {
  const now = state.run.at(moment).x;
  const before = state.ghostRun.at(ghostMoment).x;
  for (const [name, parts] of net.nodes) {
    const i = model.index[name];
    const change = now[i] - before[i];
    const tone = change > CHANGED ? "more" : change < -CHANGED ? "less" : "even";
    parts.fill.setAttribute("width", (clamp(now[i], 0, 1) * (parts.box.w - 8)).toFixed(1));
    if (parts.tone !== tone) {
      parts.group.classList.remove("more", "less", "even");
      parts.group.classList.add(tone);
      parts.sign.textContent = { more: "\u25b2", less: "\u25bc", even: "" }[tone];
      parts.tone = tone;
    }
    parts.group.setAttribute("aria-label", say("node state", nameOf(name), Math.round(100 * now[i]), say(tone)));
  }
  for (const each of net.arrows) {
    const i = model.index[each.arrow.from];
    const change = now[i] - before[i];
    const live = Math.abs(change) > CHANGED;
    if (each.live !== live) {
      each.group.classList.toggle("live", live);
      each.live = live;
    }
    if (live) each.flow.style.strokeWidth = (1.4 + 3.2 * Math.min(1, Math.abs(change) * 2)).toFixed(2);
  }
}

// what is given or held stands as a badge on the node that it acts on
function paintBadges() {
  const active = actionsOf(state.settings).filter((a) => (a.start || 0) <= state.day && state.day <= (a.stop ?? Infinity));
  const key = state.language + JSON.stringify(active);
  if (key === net.badgeKey) return;
  net.badgeKey = key;
  for (const parts of net.nodes.values()) clear(parts.badge);
  const marks = new Map();
  const mark = (name, text, sign, open) => {
    if (!net.nodes.has(name)) return;
    if (!marks.has(name)) marks.set(name, []);
    if (!marks.get(name).some((each) => each.text === text)) marks.get(name).push({ text, sign, open });
  };
  for (const action of active) {
    const node = action.node || action.course;
    if (node) mark(node, say(action.course ? "falling" : "held"), 0, () => openNode(node));
    if (!action.compound || !action.value) continue;
    const gifts = data.gifts.filter((arrow) => arrow.from === action.compound && giftSign(arrow));
    const name = compoundName(action.compound);
    const short = state.language === "zh" ? name.slice(0, 2) : name.slice(0, 4) + ".";
    for (const arrow of gifts) mark(arrow.to, gifts.length > 3 ? short : name, giftSign(arrow), () => openArrow(arrow));
  }
  for (const [name, list] of marks) drawBadge(net.nodes.get(name), list);
}

function drawBadge({ badge, box }, list) {
  const { text, sign, open } = list[0];
  const arrow = sign > 0 ? " \u25b2" : sign < 0 ? " \u25bc" : "";
  const more = list.length > 1 ? ` +${list.length - 1}` : "";
  const label = shortened(text, box.w - 26, (t) => [...t].reduce((s, c) => s + (c.charCodeAt(0) > 0x2e80 ? 10 : 5.4), 0));
  const shown = label + arrow + more;
  const wide = [...shown].reduce((sum, c) => sum + (c.charCodeAt(0) > 0x2e80 ? 10.6 : 6.3), 0) + 12;
  const x = box.x - box.w / 2 - 6;
  draw(badge, "rect", { x, y: box.y - 12, width: Math.min(wide, box.w + 8), height: 15, rx: 7.5 });
  draw(badge, "text", { x: x + Math.min(wide, box.w + 8) / 2, y: box.y - 1, "text-anchor": "middle" }, shown);
  badge.onclick = (event) => {
    event.stopPropagation();
    open();
  };
}

// in which direction a compound moves a node at the dose that is given; 0 where the dose decides and none is
function giftSign(arrow) {
  const [compound, node] = arrow.hops[0];
  const effects = model.compounds[compound].effects.filter((effect) => effect.node === node);
  const rest = arrow.hops.slice(1).reduce((sign, hop) => sign * hop[2], 1);
  const given = actionsOf(state.settings).find((action) => action.compound === compound && action.value);
  if (given && effects.length) {
    const net = effects.reduce((sum, e) => sum + e.sign * e.strength * model.occupancy(e, given.value, given.unit), 0);
    return Math.abs(net) > 0.02 ? Math.sign(net) * rest : 0;
  }
  return new Set(effects.map((effect) => effect.sign)).size > 1 ? 0 : arrow.sign;
}

function arrowText(arrow) {
  if (arrow.hops[0][3]) {
    const key = { 1: "arrow raises", "-1": "arrow lowers", 0: "arrow acts" }[giftSign(arrow)];
    return say(key, compoundName(arrow.from), nameOf(arrow.to));
  }
  return say(arrow.sign > 0 ? "arrow raises" : "arrow lowers", nameOf(arrow.from), nameOf(arrow.to));
}
