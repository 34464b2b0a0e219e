// Curves over time: now as lines with a mark each, "before" as grey ghosts.
const CHART = { width: 380, height: 128, left: 40, right: 10, top: 8, bottom: 20 };
const MARKS = ["circle", "square", "triangle"];
const charts = [];

function buildCharts() {
  const host = clear(byId("charts"));
  charts.length = 0;
  data.charts.forEach((chart, place) => {
    const svg = document.createElementNS(SVG, "svg");
    const tall = CHART.height + (place === 0 ? 34 : 0);
    svg.setAttribute("viewBox", `0 0 ${CHART.width} ${tall}`);
    svg.setAttribute("role", "img");
    const legend = make("p", { class: "legend" });
    const box = make("figure", { class: "chart" }, make("figcaption", {}, told(chart.title) + " ", make("small", {}, say(unitOf(chart)))), legend, svg);
    host.append(box);
    const built = { chart, svg, tall, grid: draw(svg, "g", { class: "grid" }), lines: [], legend };
    const tones = tonesOf(chart.readouts);
    chart.readouts.forEach((name, i) => {
      const ghost = draw(svg, "path", { class: "curve ghost" });
      const line = draw(svg, "path", { class: "curve tone-" + tones[i] });
      const mark = draw(svg, "path", { class: "mark tone-" + tones[i] });
      built.lines.push({ name, ghost, line, mark, shape: MARKS[i % 3] });
      legend.append(legendItem(name, i, tones[i]));
    });
    if (place === 0) legend.append(make("span", { class: "key ghostkey" }, sample("curve ghost", "M2 7H26"), say("before")));
    built.cursor = draw(svg, "path", { class: "cursor" });
    charts.push(built);
  });
}

function unitOf(chart) {
  return chart.readouts.every((name) => Math.abs(model.readout(name).healthy) > 1e-6) ? "of health" : "activity percent";
}

function sample(kind, d) {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("viewBox", "0 0 28 14");
  svg.setAttribute("aria-hidden", "true");
  draw(svg, "path", { class: kind, d });
  return svg;
}

function legendItem(name, i, tone) {
  const icon = sample("curve tone-" + tone, "M2 7H26");
  draw(icon, "path", { class: "mark tone-" + tone, d: markPath(MARKS[i % 3], 14, 7) });
  return make("span", { class: "key" }, icon, readoutName(name));
}

// builders are blue, breakers vermillion, bone green; others in their order
function tonesOf(names) {
  const fixed = { BoneFormation: "build", Osteoblast: "build", P1NP: "build", BoneResorption: "break", Osteoclast: "break", CTX: "break", BMD_hip: "bone" };
  const free = ["bone", "second", "third"].filter((tone) => !names.some((name) => fixed[name] === tone));
  return names.map((name) => fixed[name] || free.shift() || "third");
}

function readoutName(name) {
  return data.labels[name] ? told(data.labels[name]) : fullName(name);
}

function markPath(shape, x, y) {
  if (shape === "circle") return `M${x - 4} ${y}a4 4 0 1 0 8 0a4 4 0 1 0 -8 0`;
  if (shape === "square") return `M${x - 3.6} ${y - 3.6}h7.2v7.2h-7.2Z`;
  return `M${x} ${y - 4.6}L${x + 4.6} ${y + 3.6}H${x - 4.6}Z`;
}

function ticks(low, high, most = 4) {
  const rough = (high - low) / most;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 2.5, 5, 10].map((s) => s * power).find((s) => s >= rough);
  const out = [];
  for (let value = Math.ceil(low / step) * step; value <= high + 1e-9; value += step) out.push(value);
  return out;
}

function drawCharts() {
  for (const built of charts) {
    const now = built.lines.map((line) => scaled(state.run, line.name));
    const old = built.lines.map((line) => scaled(state.ghostRun, line.name));
    const all = [...now, ...old].flat().filter(Number.isFinite);
    let low = Math.min(...all, 97);
    let high = Math.max(...all, 103);
    if (built.lines.every((line) => Math.abs(model.readout(line.name).healthy) < 1e-6)) [low, high] = [0, Math.max(10, ...all)];
    const pad = 0.06 * (high - low);
    built.range = [low - pad, high + pad];
    built.values = now;
    drawGrid(built);
    built.lines.forEach((line, i) => {
      line.line.setAttribute("d", curve(built, state.run.t, now[i]));
      line.ghost.setAttribute("d", curve(built, state.ghostRun.t, old[i]));
    });
  }
}

function xOf(day) {
  return CHART.left + (day / data.horizon) * (CHART.width - CHART.left - CHART.right);
}

function yOf(built, value) {
  const [low, high] = built.range;
  return CHART.top + ((high - value) / (high - low)) * (built.tall - CHART.top - CHART.bottom);
}

function curve(built, times, values) {
  let d = "";
  for (let k = 0; k < times.length; k += 1) {
    if (Number.isFinite(values[k])) d += `${d ? "L" : "M"}${xOf(times[k]).toFixed(1)} ${yOf(built, values[k]).toFixed(1)}`;
  }
  return d;
}

function drawGrid(built) {
  const key = built.range.map((value) => value.toFixed(1)).join() + state.language;
  if (built.gridKey === key) return;
  built.gridKey = key;
  clear(built.grid);
  for (const value of ticks(...built.range)) {
    const y = yOf(built, value);
    draw(built.grid, "path", { d: `M${CHART.left} ${y}H${CHART.width - CHART.right}`, class: Math.abs(value - 100) < 1e-6 ? "health" : "" });
    draw(built.grid, "text", { x: CHART.left - 5, y: y + 4, "text-anchor": "end" }, number(value, value % 1 ? 1 : 0));
  }
  const days = ticks(0, data.horizon / perUnit, 5);
  days.forEach((value, i) => {
    const last = i === days.length - 1;
    const crowded = i === days.length - 2 && xOf(days.at(-1) * perUnit) > CHART.width - 60 && xOf(days.at(-1) * perUnit) - xOf(value * perUnit) < 74;
    if (crowded) return;
    const label = last ? number(value, value % 1 ? 1 : 0) + " " + say(timeUnit) : number(value, value % 1 ? 1 : 0);
    draw(built.grid, "text", { x: xOf(value * perUnit), y: built.tall - 5, "text-anchor": last && xOf(value * perUnit) > CHART.width - 60 ? "end" : "middle" }, label);
  });
}

function paintCursor(moment) {
  const x = xOf(state.run.t[moment]);
  for (const built of charts) {
    built.cursor.setAttribute("d", `M${x.toFixed(1)} ${CHART.top}V${built.tall - CHART.bottom}`);
    built.lines.forEach((line, i) => {
      line.mark.setAttribute("d", markPath(line.shape, x, yOf(built, built.values[i][moment])));
    });
    const parts = built.lines.map((line, i) => `${readoutName(line.name)} ${number(built.values[i][moment], 0)}`);
    built.svg.setAttribute("aria-label", `${told(built.chart.title)}, ${timeText(state.run.t[moment])}: ${parts.join(", ")}`);
  }
  const headline = data.charts[0].readouts[0];
  const now = charts[0].values[0][moment];
  const change = now - 100;
  const old = interpolate(state.ghostRun.t, scaled(state.ghostRun, headline), state.run.t[moment]) - 100;
  byId("headline").textContent = `${signed(change)} %`;
  byId("headline").className = change > 0.5 ? "gain" : change < -0.5 ? "loss" : "";
  byId("headline-what").textContent = say("headline", fullName(headline), timeText(state.run.t[moment]));
  byId("brief").textContent = `${readoutName(headline)}: ${signed(change)} % \u00b7 ${timeText(state.run.t[moment])}`;
  byId("headline-before").textContent = say("headline before", signed(old));
}
