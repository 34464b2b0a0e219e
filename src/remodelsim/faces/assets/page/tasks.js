// Tasks: predict, try, explain; each part ticks itself off.
const progress = data.tasks.map(() => ({ predicted: null, tried: false, answered: false, chosen: null }));
let current = 0;

function directionOf(change, scale) {
  const limit = data.threshold * scale;
  return change > limit ? "up" : change < -limit ? "down" : "same";
}

function valueAt(run, name, day) {
  return interpolate(run.t, run.read(name), day);
}

function buildTasks() {
  const host = clear(byId("tasks"));
  byId("lesson-box").hidden = !data.tasks.length;
  byId("tasks-name").textContent = say("tasks");
  data.tasks.forEach((task, i) => host.append(taskBox(task, i)));
  showProgress();
}

function taskBox(task, i) {
  const box = make("details", { class: "task", id: "task-" + i, name: "task" }, make("summary", {}, make("span", { class: "tickbox", "aria-hidden": "true" }), make("span", { class: "tasktitle" }, `${i + 1}. ${told(task.title)}`), make("span", { class: "sr done-word" })));
  if (i === current) box.open = true;
  box.addEventListener("toggle", () => {
    if (box.open) current = i;
  });
  box.append(predictPart(task, i), tryPart(task, i), explainPart(task, i));
  return box;
}

function predictPart(task, i) {
  const options = ["up", "same", "down"].map((way) => {
    const id = `predict-${i}-${way}`;
    const input = make("input", { type: "radio", name: `predict-${i}`, id, value: way, onchange: () => predict(i, way) });
    input.checked = progress[i].predicted === way;
    return make("label", { class: "radio", for: id }, input, make("span", {}, say("predict " + way)));
  });
  return make("fieldset", { class: "part predict" }, make("legend", {}, make("b", {}, say("step predict")), " " + told(task.predict)), make("div", { class: "ways" }, ...options));
}

function tryPart(task, i) {
  const outcome = make("p", { class: "outcome", id: `outcome-${i}`, role: "status" });
  const show = make("button", { type: "button", class: "link", id: `show-${i}`, onclick: () => showMe(i) }, say("show me"));
  return make("div", { class: "part attempt", id: `attempt-${i}` }, make("p", {}, make("b", {}, say("step try")), " " + told(task.try)), outcome, show);
}

function explainPart(task, i) {
  const options = task.answers.map((answer, k) => {
    const id = `answer-${i}-${k}`;
    const input = make("input", { type: "radio", name: `answer-${i}`, id, onchange: () => answered(i, k) });
    input.checked = progress[i].chosen === k;
    return make("label", { class: "radio", for: id }, input, make("span", {}, told(answer.text)));
  });
  return make("fieldset", { class: "part explain", id: `explain-${i}` }, make("legend", {}, make("b", {}, say("step explain")), " " + told(task.explain)), ...options, make("p", { class: "because", id: `because-${i}`, role: "status" }));
}

// a prediction sets the stage: the state before, with its own course as the ghost
function predict(i, way) {
  const first = progress[i].predicted === null;
  progress[i].predicted = way;
  if (first && !progress[i].tried) {
    Object.assign(state.settings, data.tasks[i].before);
    Object.assign(state.ghost, data.tasks[i].before);
    state.ghostStale = true;
    state.day = data.tasks[i].at;
    changed();
  }
  showProgress();
}

function showMe(i) {
  if (progress[i].predicted === null) return;
  Object.assign(state.settings, data.tasks[i].by);
  Object.assign(state.ghost, data.tasks[i].before);
  state.ghostStale = true;
  state.day = data.tasks[i].at;
  changed();
}

function answered(i, k) {
  progress[i].chosen = k;
  progress[i].answered = progress[i].answered || data.tasks[i].answers[k].right;
  showProgress();
}

const beforeRuns = new Map();

function beforeRun(task) {
  const key = JSON.stringify(task.before);
  if (!beforeRuns.has(key)) beforeRuns.set(key, model.run({ actions: actionsOf(task.before), days: data.horizon, points: POINTS }));
  return beforeRuns.get(key);
}

function reached(task) {
  const set = Object.entries(task.goal).every(([name, good]) => good.includes(state.settings[name]));
  if (!set) return false;
  const old = beforeRun(task);
  return Object.entries({ ...task.shows, [task.readout]: task.answer }).every(([name, wanted]) => {
    const change = valueAt(state.run, name, task.at) - valueAt(old, name, task.at);
    return directionOf(change, model.readout(name).scale) === wanted;
  });
}

function checkTasks() {
  let news = false;
  data.tasks.forEach((task, i) => {
    if (progress[i].predicted !== null && !progress[i].tried && i === current && reached(task)) {
      progress[i].tried = true;
      news = true;
    }
  });
  if (news) showProgress();
}

function showProgress() {
  data.tasks.forEach((task, i) => {
    const { predicted, tried, answered: right, chosen } = progress[i];
    const done = tried && right;
    byId("task-" + i).classList.toggle("done", done);
    byId("task-" + i).querySelector(".done-word").textContent = done ? say("done") : "";
    byId("attempt-" + i).classList.toggle("waiting", predicted === null);
    byId("show-" + i).hidden = predicted === null || tried;
    byId("explain-" + i).hidden = !tried;
    byId("attempt-" + i).classList.toggle("ticked", tried);
    byId("explain-" + i).classList.toggle("ticked", right);
    byId("outcome-" + i).textContent = tried ? say(predicted === task.answer ? "prediction held" : "prediction missed", say("predict " + predicted), say("predict " + task.answer)) : "";
    byId("because-" + i).textContent = chosen === null ? "" : told(task.answers[chosen].because);
    byId("because-" + i).className = chosen === null ? "because" : "because " + (task.answers[chosen].right ? "right" : "wrong");
  });
  const count = progress.filter((each) => each.tried && each.answered).length;
  byId("progress").textContent = say("progress", count, data.tasks.length);
}
