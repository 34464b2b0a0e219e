// Controls, presets, time, language, link.
function buildControls() {
  const plain = clear(byId("controls"));
  const more = clear(byId("advanced"));
  for (const control of data.controls) (control.advanced ? more : plain).append(controlBox(control));
  byId("more").hidden = !data.controls.some((control) => control.advanced);
  byId("more-name").textContent = say("advanced");
  const presets = clear(byId("presets"));
  for (const preset of data.presets) {
    presets.append(make("button", { type: "button", "data-preset": preset.name, onclick: () => usePreset(preset) }, told(preset.label)));
  }
  showSettings();
}

function controlBox(control) {
  const id = "control-" + control.name;
  const note = control.note ? make("p", { class: "note", id: id + "-note" }, told(control.note)) : "";
  const about = control.note ? id + "-note" : null;
  if (control.kind === "switch") {
    const box = make("input", { type: "checkbox", id, "aria-describedby": about, onchange: (e) => set(control, e.target.checked ? 1 : 0) });
    return make("div", { class: "control switch" }, make("label", { for: id }, box, make("span", {}, told(control.label))), note);
  }
  if (control.kind === "choice") {
    const options = control.options.map((option, k) => {
      const one = make("input", { type: "radio", name: id, id: `${id}-${k}`, value: k, onchange: () => set(control, k) });
      return make("label", { class: "radio", for: `${id}-${k}` }, one, make("span", {}, optionText(control, k)));
    });
    return make("fieldset", { class: "control choice", id }, make("legend", {}, told(control.label)), ...options, note);
  }
  const slide = make("input", {
    type: "range", id, min: 0, max: control.options.length - 1, step: 1, "aria-describedby": about,
    oninput: (e) => set(control, Number(e.target.value)),
  });
  const head = make("label", { for: id }, make("span", {}, told(control.label)), make("output", { for: id, id: id + "-value" }));
  return make("div", { class: "control slide" }, head, slide, note);
}

function set(control, position) {
  state.settings[control.name] = position;
  changed();
}

function usePreset(preset) {
  Object.assign(state.settings, startSettings(), preset.set);
  changed();
}

function startSettings() {
  return Object.fromEntries(data.controls.map((control) => [control.name, control.first]));
}

function changed() {
  showSettings();
  schedule();
}

// bring what is shown in line with the settings
function showSettings() {
  for (const control of data.controls) {
    const id = "control-" + control.name;
    const position = state.settings[control.name];
    if (control.kind === "switch") byId(id).checked = position === 1;
    else if (control.kind === "choice") byId(`${id}-${position}`).checked = true;
    else {
      const text = optionText(control, position) + (control.kind === "level" && position === control.first ? " " + say("is health") : "");
      byId(id).value = position;
      byId(id).setAttribute("aria-valuetext", text);
      byId(id + "-value").textContent = text;
    }
  }
  for (const button of byId("presets").children) {
    const preset = data.presets.find((each) => each.name === button.dataset.preset);
    button.setAttribute("aria-pressed", same(state.settings, { ...startSettings(), ...preset.set }));
  }
}

function resetAll() {
  Object.assign(state.settings, startSettings());
  Object.assign(state.ghost, startSettings());
  state.ghostStale = true;
  state.day = data.horizon;
  changed();
}

function pinGhost() {
  Object.assign(state.ghost, state.settings);
  state.ghostStale = true;
  schedule();
}

let timer = null;

function play() {
  if (timer !== null) return stopPlaying();
  const began = performance.now();
  const start = state.day >= data.horizon ? 0 : state.day;
  const lasts = calm.matches ? 3000 : 7000;
  byId("play").setAttribute("aria-pressed", "true");
  byId("play").textContent = say("pause");
  const step = () => {
    const day = Math.min(data.horizon, start + ((performance.now() - began) / lasts) * data.horizon);
    setDay(day);
    if (day < data.horizon) timer = calm.matches ? setTimeout(step, 400) : requestAnimationFrame(step);
    else stopPlaying();
  };
  timer = -1;
  step();
}

function stopPlaying() {
  // numbers of frames and of timeouts may be the same: only one of the two is ours
  if (timer !== null && calm.matches) clearTimeout(timer);
  else if (timer !== null) cancelAnimationFrame(timer);
  timer = null;
  byId("play").setAttribute("aria-pressed", "false");
  byId("play").textContent = say("play");
}

function setDay(day) {
  state.day = clamp(day, 0, data.horizon);
  paintDay();
}

// the link keeps every setting that differs from the start, the day and the language
function writeLink() {
  const parts = data.controls
    .filter((control) => state.settings[control.name] !== control.first)
    .map((control) => `${control.name}=${encodeURIComponent(control.options[state.settings[control.name]].key)}`);
  const ghost = data.controls
    .filter((control) => state.ghost[control.name] !== control.first)
    .map((control) => `before.${control.name}=${encodeURIComponent(control.options[state.ghost[control.name]].key)}`);
  if (state.day < data.horizon) ghost.push("day=" + Math.round(state.day));
  ghost.push("language=" + state.language);
  try {
    history.replaceState(null, "", "#" + [...parts, ...ghost].join("&"));
  } catch {
    // a frame in a notebook has no address of its own
  }
}

function readLink() {
  for (const part of location.hash.slice(1).split("&")) {
    const cut = part.indexOf("=");
    const name = part.slice(0, cut);
    let value = "";
    try {
      value = decodeURIComponent(part.slice(cut + 1));
    } catch {
      continue;
    }
    const before = name.startsWith("before.");
    const control = data.controls.find((each) => each.name === (before ? name.slice(7) : name));
    if (control) {
      const position = control.options.findIndex((option) => option.key === value);
      if (position >= 0) (before ? state.ghost : state.settings)[control.name] = position;
    } else if (name === "day" && Number.isFinite(Number(value))) state.day = clamp(Number(value), 0, data.horizon);
    else if (name === "language" && LANGUAGES.includes(value)) state.language = value;
  }
}

async function shareLink() {
  writeLink();
  const button = byId("share");
  try {
    await navigator.clipboard.writeText(location.href);
    button.textContent = say("copied");
  } catch {
    button.textContent = say("in address");
  }
  setTimeout(() => {
    button.textContent = say("share");
  }, 2500);
}
