// The balance: what builders make against what breakers take, and the bone between them.
const scale = {};
const MOST_CELLS = 24;
// pores of the bone; they widen as it is lost
const HOLES = [[-6, 76], [6, 79], [-1, 87], [-8, 95], [8, 95], [0, 104], [-7, 113], [6, 113], [-1, 121]];

function buildBalance() {
  const svg = clear(byId("balance"));
  const wide = svg.parentElement.clientWidth < 480 ? 370 : 560;
  const middle = wide / 2;
  const arm = wide === 560 ? 150 : 108;
  Object.assign(scale, { middle, arm });
  svg.setAttribute("viewBox", `0 0 ${wide} 150`);
  const beam = draw(svg, "g", { class: "beam" });
  draw(beam, "rect", { x: middle - arm - 34, y: 60, width: 2 * arm + 68, height: 7, rx: 3.5, class: "bar" });
  scale.pans = ["build", "break"].map((side, i) => {
    const x = middle + (i === 0 ? -arm : arm);
    const pan = draw(svg, "g", { class: "pan " + side });
    draw(pan, "path", { d: `M${x} 0L${x - 52} 34H${x + 52}Z`, class: "cord" });
    draw(pan, "path", { d: `M${x - 62} 34Q${x} 54 ${x + 62} 34Z`, class: "dish" });
    const cells = draw(pan, "g", { class: "cells" });
    for (let k = 0; k < MOST_CELLS; k += 1) cellShape(cells, side, x + ((k % 8) - 3.5) * 12.5, 27 - 11.5 * Math.floor(k / 8));
    return { pan, cells, x };
  });
  scale.beam = beam;
  scale.labels = ["build", "break"].map((side, i) => ({
    name: draw(svg, "text", { x: i === 0 ? 4 : wide - 4, y: 14, class: "name " + side, "text-anchor": i === 0 ? "start" : "end" }, say(side + "ers")),
    value: draw(svg, "text", { x: i === 0 ? 4 : wide - 4, y: 32, class: "value", "text-anchor": i === 0 ? "start" : "end" }, ""),
  }));
  scale.verdict = draw(svg, "text", { x: middle, y: 18, class: "verdict", "text-anchor": "middle" }, "");
  draw(svg, "path", { class: "bone", d: `M${middle - 12} 67h24q5 0 4 8q-4 24 0 46q1 7 -4 7h-24q-5 0 -4 -7q4 -22 0 -46q-1 -8 4 -8Z` });
  scale.holes = HOLES.map(([x, y]) => draw(svg, "circle", { class: "hole", cx: middle + x, cy: y, r: 2 }));
  draw(svg, "text", { x: middle, y: 144, class: "bonename", "text-anchor": "middle" }, say("bone"));
}

// builders are rounded squares, breakers are notched discs: told apart without colour
function cellShape(parent, side, x, y) {
  const d = side === "build"
    ? `M${x - 4.6} ${y - 3}q0 -2 2 -2h5.2q2 0 2 2v5.2q0 2 -2 2h-5.2q-2 0 -2 -2Z`
    : `M${x} ${y}L${x + 4.6} ${y - 2.6}A5.3 5.3 0 1 0 ${x + 4.6} ${y + 2.6}Z`;
  draw(parent, "path", { d, class: "cell " + side });
}

function paintBalance(moment) {
  const build = state.run.cell("formation")[moment];
  const take = state.run.cell("resorption")[moment];
  const cells = [state.run.cell("osteoblasts")[moment], state.run.cell("osteoclasts")[moment]];
  const bone = state.run.cell("bmd_hip")[moment];
  const lean = clamp(Math.log2((take + 0.02) / (build + 0.02)) * 26, -11, 11);
  scale.beam.setAttribute("transform", `rotate(${lean.toFixed(2)} ${scale.middle} 64)`);
  const drop = Math.tan((lean * Math.PI) / 180);
  scale.pans.forEach(({ pan, cells: group, x }, i) => {
    pan.setAttribute("transform", `translate(0 ${(64 + (x - scale.middle) * drop).toFixed(1)})`);
    const shown = Math.round(clamp(cells[i] * 8, cells[i] > 0.02 ? 1 : 0, MOST_CELLS));
    [...group.children].forEach((cell, k) => cell.classList.toggle("off", k >= shown));
  });
  [build, take].forEach((value, i) => {
    scale.labels[i].value.textContent = say("times health", value.toFixed(2));
  });
  for (const hole of scale.holes) hole.setAttribute("r", clamp(2 + 13 * (1 - bone), 0.4, 5.2).toFixed(2));
  const ratio = build / Math.max(take, 1e-6);
  const verdict = ratio > 1.01 ? "gaining" : ratio < 0.99 ? "losing" : "even balance";
  scale.verdict.textContent = say(verdict);
  scale.verdict.setAttribute("class", "verdict " + verdict.split(" ")[0]);
  byId("balance").setAttribute("aria-label", say("balance state", build.toFixed(2), take.toFixed(2), say(verdict)));
}
