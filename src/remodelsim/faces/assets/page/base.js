// What the other parts share: the data, the language, elements, and the state of the page.
const data = JSON.parse(document.getElementById("lesson").textContent);
const words = JSON.parse(document.getElementById("strings").textContent);
const evidence = JSON.parse((document.getElementById("evidence") || { textContent: "null" }).textContent);
const model = RemodelSim.load(JSON.parse(document.getElementById("model").textContent));
const LANGUAGES = ["en", "zh"];
const YEAR = 365;
const SVG = "http://www.w3.org/2000/svg";
const byId = (id) => document.getElementById(id);
const calm = matchMedia("(prefers-reduced-motion: reduce)");

for (const arrow of data.arrows) arrow.hops ||= [[arrow.from, arrow.to, arrow.sign, 0]];
data.nodes = data.nodes.map((name) => ({ name, lane: model.nodes[model.index[name]].lane }));
// sliders come as their stops and what each of them does
for (const control of data.controls) {
  if (!control.stops) continue;
  control.options = control.stops.map((key, k) => ({ key, do: k === control.idle ? [] : [{ ...control.each, [control.field]: Number(key) }] }));
}
const startingAt = (differences) => ({ ...Object.fromEntries(data.controls.map((c) => [c.name, c.first])), ...differences });
for (const preset of data.presets) preset.set = startingAt(preset.set);
for (const task of data.tasks) Object.assign(task, { before: startingAt(task.before), by: startingAt(task.by) });

const state = {
  language: document.documentElement.lang === "zh" ? "zh" : "en",
  settings: {},
  ghost: {},
  day: data.horizon,
  run: null,
  ghostRun: null,
  ghostStale: true,
  redraws: 0,
};
for (const control of data.controls) {
  state.settings[control.name] = control.first;
  state.ghost[control.name] = control.first;
}

// a text of the lesson: [English, Chinese]
function told(pair) {
  return pair[LANGUAGES.indexOf(state.language)];
}

// a string of the page; {0}, {1} are filled in
function say(key, ...parts) {
  const known = words[key];
  const text = known ? told(known) : key;
  return parts.reduce((out, part, i) => out.replaceAll("{" + i + "}", String(part)), text);
}

function make(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (value === true) element.setAttribute(name, "");
    else if (value !== false && value !== null && value !== undefined) element.setAttribute(name, value);
  }
  element.append(...children);
  return element;
}

function draw(parent, tag, attributes = {}, text = null) {
  const element = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  if (text !== null) element.textContent = text;
  parent.append(element);
  return element;
}

function clear(element) {
  element.replaceChildren();
  return element;
}

function clamp(value, low, high) {
  return Math.min(high, Math.max(low, value));
}

function number(value, digits = 1) {
  const text = Math.abs(value) < 0.5 * 10 ** -digits ? (0).toFixed(digits) : value.toFixed(digits);
  return text.replace("-", "\u2212");
}

function signed(value, digits = 1) {
  const text = number(value, digits);
  return value >= 0.5 * 10 ** -digits ? "+" + text : text;
}

// the unit in which this lesson tells time
const timeUnit = data.horizon >= 3 * YEAR ? "years" : data.horizon >= 120 ? "months" : "days";
const perUnit = { years: YEAR, months: YEAR / 12, days: 1 }[timeUnit];

function timeText(day) {
  const value = day / perUnit;
  const digits = timeUnit === "years" && value % 1 > 0.04 && value % 1 < 0.96 ? 1 : 0;
  return say("in " + timeUnit, number(value, digits));
}

const outlines = new Map(data.nodes.map((node) => [node.name, node]));

function withoutBrackets(label) {
  return label.replace(/\s*[（(][^()（）]*[)）]/g, "").split(/,\s/)[0];
}

// what a node, compound or readout is called, as short as it stays clear
function nameOf(name) {
  const zh = state.language === "zh";
  if (data.labels[name]) return told(data.labels[name]);
  const known = model.nodes[model.index[name]];
  const readout = model.readouts[name]?.[state.language];
  // a readout of the same name may be the plural of the node, or something longer
  if (readout && (!known || readout.length <= known[state.language].length + 2)) return readout;
  if (!known) return name;
  const label = withoutBrackets(known[state.language]);
  const short = !name.includes("_") && name.length <= 8;
  const capital = label.charAt(0).toUpperCase() + label.slice(1);
  const long = zh ? label.length > 8 : label.length > 21 || label.split(/[\s-]/).some((part) => part.length > 14);
  return long && short ? name : capital;
}

function compoundName(name) {
  return withoutBrackets(model.compounds[name][state.language]);
}

function fullName(name) {
  const known = model.readouts[name] || model.nodes[model.index[name]];
  return known ? known[state.language] : name;
}

function actionsOf(settings) {
  const out = [...data.background];
  for (const control of data.controls) out.push(...control.options[settings[control.name]].do);
  return out;
}

function optionText(control, position) {
  const option = control.options[position];
  if (option.label) return told(option.label);
  if (control.kind === "switch") return say(option.key);
  if (control.kind === "dose") return option.key === "0" ? say("none") : option.key + " " + unitText(control.unit);
  return say("percent", Math.round(100 * Number(option.key)));
}

function unitText(unit) {
  return unit === "uM" ? "\u00b5M" : unit === "ug" ? "\u00b5g" : unit;
}

function same(left, right) {
  return data.controls.every((control) => left[control.name] === right[control.name]);
}

// values of a readout in the scale of people: 100 is health, or percent of activity where health is silent
function scaled(run, name) {
  const healthy = model.readout(name).healthy;
  const factor = Math.abs(healthy) > 1e-6 ? 100 / healthy : 100;
  return Array.from(run.read(name), (value) => value * factor);
}

function at(run, name, day) {
  const values = scaled(run, name);
  return interpolate(run.t, values, day);
}

function interpolate(times, values, day) {
  let k = 1;
  while (k < times.length - 1 && times[k] < day) k += 1;
  const share = clamp((day - times[k - 1]) / (times[k] - times[k - 1]), 0, 1);
  return values[k - 1] + share * (values[k] - values[k - 1]);
}

// index of the recorded time next to a day
function momentOf(run, day) {
  let best = 0;
  for (let k = 1; k < run.t.length; k += 1) if (Math.abs(run.t[k] - day) < Math.abs(run.t[best] - day)) best = k;
  return best;
}
