// What a node or an arrow is, and what it rests on.
function openPanel(title, ...content) {
  const panel = byId("panel");
  clear(byId("panel-body")).append(...content);
  byId("panel-title").textContent = title;
  byId("panel-close").textContent = say("close");
  if (!panel.open) panel.showModal();
  panel.scrollTop = 0;
}

function openNode(name) {
  const node = model.nodes[model.index[name]];
  const i = model.index[name];
  const moment = momentOf(state.run, state.day);
  const now = state.run.at(moment).x[i];
  const before = state.ghostRun.at(momentOf(state.ghostRun, state.day)).x[i];
  const facts = make("dl", { class: "facts" });
  const fact = (key, value) => facts.append(make("dt", {}, say(key)), make("dd", {}, value));
  fact("active now", say("percent", Math.round(100 * now)));
  fact("active before", say("percent", Math.round(100 * before)));
  fact("active in health", say("percent", Math.round(100 * node.level)));
  const content = [facts];
  const about = evidence && evidence.nodes[name];
  if (about && state.language === "en") content.unshift(make("p", {}, about));
  const into = data.arrows.filter((arrow) => arrow.to === name);
  const out = data.arrows.filter((arrow) => arrow.from === name);
  const given = data.gifts.filter((arrow) => arrow.to === name);
  for (const [key, list] of [["acted on by", into], ["acts on", out], ["compounds here", given]]) {
    if (list.length) content.push(make("h3", {}, say(key)), arrowList(list));
  }
  openPanel(withoutBrackets(fullName(name)), ...content);
}

function arrowList(list) {
  const items = list.map((arrow) => make("li", {}, make("button", { type: "button", class: "link", onclick: () => openArrow(arrow) }, arrowText(arrow))));
  return make("ul", { class: "arrowlist" }, ...items);
}

function openArrow(arrow) {
  const content = [];
  if (arrow.hops.length > 1) {
    content.push(make("p", {}, say("folded", arrow.hops.slice(0, -1).map((hop) => nameOf(hop[1])).join(", "))));
  }
  if (arrow.disputed) content.push(make("p", { class: "flag" }, say("disputed")));
  for (const hop of arrow.hops) content.push(hopBox(hop, arrow.hops.length > 1));
  openPanel(arrowText(arrow), ...content);
}

function hopBox([source, target, sign, given], named) {
  const [claims, assumption] = (evidence && evidence.hops[(given ? "+" : "") + source + ">" + target]) || [[], ""];
  const head = given
    ? arrowText({ from: source, to: target, sign, hops: [[source, target, sign, 1]] })
    : say(sign > 0 ? "arrow raises" : "arrow lowers", nameOf(source), nameOf(target));
  const box = make("section", { class: "hop" }, named ? make("h3", {}, head) : "");
  if (evidence) {
    const list = make("ul", { class: "claims" });
    for (const id of claims) if (evidence.claims[id]) list.append(claimItem(id, evidence.claims[id]));
    if (list.children.length) box.append(list);
  }
  if (assumption) box.append(make("p", { class: "assumption" }, make("b", {}, say("assumption")), " " + assumption));
  else if (evidence && !claims.length) box.append(make("p", { class: "assumption" }, say("assumption only")));
  return box;
}

function claimItem(id, [english, chinese, review, reference, conflicts, grade, papers]) {
  const text = state.language === "zh" ? chinese : english;
  const title = evidence.reviews[review] || review;
  const where = (reference ? say("review reference", title, reference) : title) + (papers ? `: ${papers}` : "");
  const shown = told(evidence.grades[grade]);
  const item = make("li", {}, make("b", {}, id), ` ${text} `, make("span", { class: "grade" }, shown), make("cite", {}, where));
  if (conflicts) item.append(make("p", { class: "flag" }, say("contradicted", conflicts)));
  return item;
}
