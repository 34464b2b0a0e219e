// One change, one run, one picture.
const POINTS = 121;
let waiting = false;

function schedule() {
  if (waiting) return;
  waiting = true;
  requestAnimationFrame(() => {
    waiting = false;
    update();
  });
}

function update() {
  const days = data.horizon;
  const run = model.run({ actions: actionsOf(state.settings), days, points: POINTS });
  if (!run.ok && state.run) {
    byId("trouble").textContent = say("trouble", timeText(run.reached));
    return;
  }
  byId("trouble").textContent = "";
  state.run = run;
  if (state.ghostStale) state.ghostRun = same(state.settings, state.ghost) ? run : model.run({ actions: actionsOf(state.ghost), days, points: POINTS });
  state.ghostStale = false;
  drawCharts();
  paintDay();
  checkTasks();
  if (!state.redraws) performance.mark("first-picture");
  state.redraws += 1;
  document.documentElement.dataset.redraws = state.redraws;
}

function paintDay() {
  if (!state.run) return;
  const moment = momentOf(state.run, state.day);
  byId("day").value = Math.round((1000 * state.day) / data.horizon);
  byId("day").setAttribute("aria-valuetext", timeText(state.day));
  byId("day-text").textContent = timeText(state.day);
  paintBadges();
  paintNetwork(moment, momentOf(state.ghostRun, state.day));
  paintBalance(moment);
  paintCursor(moment);
  later();
}

let quiet = null;

// what may wait until nothing moves: the summary that is read aloud, the link, the reasons
function later() {
  clearTimeout(quiet);
  why.ticket += 1;
  quiet = setTimeout(() => {
    byId("summary").textContent = summaryText();
    writeLink();
    askWhy();
  }, 350);
}

function summaryText() {
  const moment = momentOf(state.run, state.day);
  const readout = data.charts[0].readouts[0];
  const now = at(state.run, readout, state.day);
  const before = at(state.ghostRun, readout, state.day);
  const build = state.run.cell("formation")[moment].toFixed(2);
  const take = state.run.cell("resorption")[moment].toFixed(2);
  return say("summary", timeText(state.day), fullName(readout), number(now, 1), number(before, 1), build, take);
}

function speak(language) {
  state.language = language;
  document.documentElement.lang = language === "zh" ? "zh-Hans" : "en";
  document.title = told(data.title);
  for (const element of document.querySelectorAll("[data-say]")) element.textContent = say(element.dataset.say);
  for (const element of document.querySelectorAll("[data-label]")) element.setAttribute("aria-label", say(element.dataset.label));
  byId("title").textContent = told(data.title);
  byId("question").textContent = told(data.question);
  for (const language_ of LANGUAGES) byId("language-" + language_).setAttribute("aria-pressed", language === language_);
  fillTeacher();
  buildControls();
  buildTasks();
  buildBalance();
  buildNetwork();
  buildCharts();
  stopPlaying();
}

function fillTeacher() {
  byId("notes").hidden = !data.teacher;
  if (!data.teacher) return;
  const paragraphs = told(data.teacher).split(/\n\s*\n|\n(?=- )/).map((text) => make("p", {}, text.replace(/\s*\n\s*/g, " ")));
  clear(byId("teacher")).append(...paragraphs);
}

function wire() {
  byId("day").addEventListener("input", (event) => {
    stopPlaying();
    setDay((Number(event.target.value) / 1000) * data.horizon);
  });
  byId("play").addEventListener("click", play);
  byId("reset").addEventListener("click", resetAll);
  byId("pin").addEventListener("click", pinGhost);
  byId("share").addEventListener("click", shareLink);
  byId("print").addEventListener("click", () => window.print());
  for (const language of LANGUAGES) {
    byId("language-" + language).addEventListener("click", () => {
      speak(language);
      update();
    });
  }
  const panel = byId("panel");
  byId("panel-close").addEventListener("click", () => panel.close());
  panel.addEventListener("click", (event) => {
    if (event.target === panel) panel.close();
  });
  let width = innerWidth;
  addEventListener("resize", () => {
    if (innerWidth === width) return;
    width = innerWidth;
    buildBalance();
    buildNetwork();
    if (state.run) paintDay();
  });
  addEventListener("hashchange", () => {
    readLink();
    state.ghostStale = true;
    speak(state.language);
    schedule();
  });
}

readLink();
speak(state.language);
wire();
update();
