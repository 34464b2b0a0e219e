// Where nodes stand and how arrows run: lanes from gut and hormones down to bone, builders left, breakers right.
const BANDS = [["gut", "hormone"], ["immune"], ["osteoblast", "osteoclast"], ["matrix"]];
const BOX = { height: 40, gapX: 16, gapY: 27, most: 118, pad: 8, head: 33 };
// rows of a lane: few above, where little happens, more where bone cells are made
const MOST_ROWS = { gut: 2, hormone: 2, immune: 2, osteoblast: 4, osteoclast: 4, matrix: 2 };

// nodes: [{name, lane}], arrows: [{from, to}], width in pixels -> {boxes, bands, routes, height}
function layOut(nodes, arrows, width) {
  const rows = [];
  const bands = [];
  for (const pair of BANDS) {
    const lanes = pair.filter((lane) => nodes.some((node) => node.lane === lane));
    if (!lanes.length) continue;
    const first = rows.length;
    const share = lanes.map((lane) => nodes.filter((node) => node.lane === lane).length);
    const total = share.reduce((sum, count) => sum + count, 0);
    let left = 0;
    const cells = lanes.map((lane, i) => {
      const least = width < 480 ? 0.46 : 0.36;
      const part = lanes.length === 1 ? 1 : clamp(share[i] / total, least, 1 - least);
      const cell = { lane, width, left, right: i === lanes.length - 1 ? width : left + part * width };
      left = cell.right;
      return cell;
    });
    const stacks = cells.map((cell) => stackOf(nodes.filter((n) => n.lane === cell.lane), arrows, cell));
    const depth = Math.max(...stacks.map((stack) => stack.length));
    for (let r = 0; r < depth; r += 1) {
      const row = [];
      stacks.forEach((stack, i) => {
        const skip = pair[0] === "osteoblast" ? depth - stack.length : 0;
        const names = stack[r - skip] || [];
        if (names.length) row.push({ names, cell: cells[i] });
      });
      rows.push({ groups: row, band: bands.length });
    }
    bands.push({ cells, first, last: rows.length - 1 });
  }
  const boxes = place(rows, bands, width);
  untangle(rows, boxes, arrows);
  return { boxes, bands, routes: routesOf(rows, boxes, arrows, width), height: bands.at(-1).bottom };
}

// rows of a lane: by depth along its own arrows, merged where there are too many of them
function stackOf(nodes, arrows, cell) {
  const narrow = cell.width < 480;
  const room = Math.max(1, Math.floor((cell.right - cell.left - BOX.pad) / (narrow ? 76 : 88 + BOX.gapX)));
  const order = new Map(nodes.map((node, i) => [node.name, i]));
  const depth = new Map(nodes.map((node) => [node.name, 0]));
  for (let sweep = 0; sweep < nodes.length; sweep += 1) {
    for (const { from, to } of arrows) {
      if (order.has(from) && order.has(to) && order.get(from) < order.get(to)) {
        depth.set(to, Math.max(depth.get(to), depth.get(from) + 1));
      }
    }
  }
  let stack = [];
  for (const node of nodes) (stack[depth.get(node.name)] ||= []).push(node.name);
  stack = stack.filter(Boolean).flatMap((names) => chunks(names, room));
  while (stack.length > MOST_ROWS[cell.lane]) {
    let best = -1;
    for (let i = 0; i + 1 < stack.length; i += 1) {
      const joined = stack[i].length + stack[i + 1].length;
      if (joined <= room && (best < 0 || joined < stack[best].length + stack[best + 1].length)) best = i;
    }
    if (best < 0) break;
    stack.splice(best, 2, [...stack[best], ...stack[best + 1]]);
  }
  return stack;
}

function chunks(list, size) {
  const count = Math.ceil(list.length / size);
  const each = Math.ceil(list.length / count);
  return Array.from({ length: count }, (_, i) => list.slice(i * each, (i + 1) * each));
}

function place(rows, bands, width) {
  let y = 0;
  const boxes = new Map();
  bands.forEach((band) => {
    band.top = y;
    y += BOX.head;
    for (let r = band.first; r <= band.last; r += 1) {
      rows[r].y = y;
      for (const { names, cell } of rows[r].groups) spread(names, cell, y, boxes, r);
      y += BOX.height + BOX.gapY;
    }
    band.bottom = y - BOX.gapY + 12;
    y = band.bottom + 16;
  });
  return boxes;
}

function spread(names, cell, y, boxes, row) {
  const inner = cell.right - cell.left - 2 * BOX.pad;
  const pitch = inner / names.length;
  const wide = Math.min(BOX.most, pitch - (cell.width < 480 ? 9 : BOX.gapX));
  names.forEach((name, i) => {
    const x = cell.left + BOX.pad + pitch * (i + 0.5);
    boxes.set(name, { x, y, w: wide, h: BOX.height, row });
  });
}

// swap neighbours within a row as long as arrows get shorter or cross less
function untangle(rows, boxes, arrows) {
  const lines = arrows.map(({ from, to }) => [boxes.get(from), boxes.get(to)]).filter(([a, b]) => a && b && a !== b);
  const cost = () => {
    let sum = 0;
    for (const [a, b] of lines) sum += Math.abs(a.x - b.x) / 60 + (a.row === b.row ? Math.abs(a.x - b.x) / 90 : 0);
    for (let i = 0; i < lines.length; i += 1) {
      for (let k = 0; k < i; k += 1) if (crossing(lines[i], lines[k])) sum += 2;
    }
    return sum;
  };
  let best = cost();
  for (let sweep = 0; sweep < 8; sweep += 1) {
    let better = false;
    for (const row of rows) {
      for (const { names } of row.groups) {
        for (let i = 0; i < names.length; i += 1) {
          for (let k = i + 1; k < names.length; k += 1) {
            const a = boxes.get(names[i]);
            const b = boxes.get(names[k]);
            [a.x, b.x] = [b.x, a.x];
            const now = cost();
            if (now < best - 1e-9) {
              best = now;
              better = true;
            } else [a.x, b.x] = [b.x, a.x];
          }
        }
      }
    }
    if (!better) break;
  }
}

function crossing([a, b], [c, d]) {
  if (a === c || a === d || b === c || b === d) return false;
  const side = (p, q, r) => Math.sign((q.x - p.x) * (r.y - p.y) - (q.y - p.y) * (r.x - p.x));
  return side(a, b, c) * side(a, b, d) < 0 && side(c, d, a) * side(c, d, b) < 0;
}

// arrows leave below and arrive above; where rows lie between, they pass through the gap next to the straight line
function routesOf(rows, boxes, arrows, width) {
  const used = new Map();
  const ports = portsOf(boxes, arrows);
  return arrows.map((arrow, i) => {
    const a = boxes.get(arrow.from);
    const b = boxes.get(arrow.to);
    if (!a || !b) return null;
    if (a.row === b.row) return sideways(a, b, ports[i], boxes);
    const down = a.row < b.row;
    const start = [ports[i].out, down ? a.y + a.h : a.y];
    const end = [ports[i].into, down ? b.y - 3 : b.y + b.h + 3];
    const points = [start];
    const step = down ? 1 : -1;
    for (let r = a.row + step; r !== b.row; r += step) {
      const share = (rows[r].y - a.y) / (b.y - a.y);
      const wish = start[0] + share * (end[0] - start[0]);
      const x = gapNear(rows[r], boxes, wish, width, used, r);
      points.push([x, rows[r].y + (down ? -4 : BOX.height + 4)], [x, rows[r].y + (down ? BOX.height + 4 : -4)]);
    }
    points.push(end);
    return smooth(points);
  });
}

function portsOf(boxes, arrows) {
  const ends = arrows.map(() => ({ out: 0, into: 0 }));
  const sides = new Map();
  arrows.forEach((arrow, i) => {
    const a = boxes.get(arrow.from);
    const b = boxes.get(arrow.to);
    if (!a || !b) return;
    const down = a.row < b.row;
    const level = a.row === b.row;
    if (level && ![...boxes.values()].some((c) => c.row === a.row && (c.x - a.x) * (c.x - b.x) < 0)) return;
    for (const [box, end, below, other] of [[a, "out", level ? false : down, b], [b, "into", level ? false : !down, a]]) {
      const key = arrow[end === "out" ? "from" : "to"] + (below ? "|below" : "|above");
      if (!sides.has(key)) sides.set(key, []);
      sides.get(key).push({ i, end, box, other: other.x });
    }
  });
  for (const list of sides.values()) {
    list.sort((p, q) => p.other - q.other);
    list.forEach((port, k) => {
      const room = port.box.w - 20;
      const gap = Math.min(16, room / list.length);
      ends[port.i][port.end] = port.box.x + (k - (list.length - 1) / 2) * gap;
    });
  }
  return ends;
}

function sideways(a, b, port, boxes) {
  const right = b.x > a.x;
  const edge = right ? 1 : -1;
  const near = ![...boxes.values()].some((c) => c.row === a.row && (c.x - a.x) * (c.x - b.x) < 0);
  if (near) {
    const y = a.y + a.h / 2 + (right ? -5 : 5);
    const start = a.x + (edge * a.w) / 2;
    const end = b.x - (edge * b.w) / 2 - edge * 3;
    return { d: `M${start} ${y}L${end} ${y}`, end: [end, y], angle: right ? 0 : 180 };
  }
  const top = a.y - 15;
  const d = `M${port.out} ${a.y}C${port.out} ${top} ${port.into} ${top} ${port.into} ${b.y - 3}`;
  return { d, end: [port.into, b.y - 3], angle: 90 };
}

function gapNear(row, boxes, wish, width, used, r) {
  const taken = row.groups.flatMap(({ names }) => names.map((name) => boxes.get(name))).sort((p, q) => p.x - q.x);
  const free = [];
  let left = 3;
  for (const box of taken) {
    free.push([left, box.x - box.w / 2 - 3]);
    left = box.x + box.w / 2 + 3;
  }
  free.push([left, width - 3]);
  let best = null;
  for (const [from, to] of free) {
    if (to - from < 5) continue;
    const x = clamp(wish, from + 2, to - 2);
    if (!best || Math.abs(x - wish) < Math.abs(best.x - wish)) best = { x, from, to };
  }
  if (!best) return wish;
  let { x } = best;
  for (const shift of [0, 6, -6, 12, -12, 18, -18]) {
    const tried = clamp(best.x + shift, best.from + 2, best.to - 2);
    const key = r + "|" + Math.round(tried / 5);
    if (!used.has(key)) {
      used.set(key, true);
      x = tried;
      break;
    }
  }
  return x;
}

// straight through gaps, S-shaped between rows
function smooth(points) {
  let d = `M${points[0][0].toFixed(1)} ${points[0][1].toFixed(1)}`;
  for (let i = 1; i < points.length; i += 1) {
    const [x0, y0] = points[i - 1];
    const [x1, y1] = points[i];
    const middle = (y0 + y1) / 2;
    d += x0 === x1
      ? `L${x1.toFixed(1)} ${y1.toFixed(1)}`
      : `C${x0.toFixed(1)} ${middle.toFixed(1)} ${x1.toFixed(1)} ${middle.toFixed(1)} ${x1.toFixed(1)} ${y1.toFixed(1)}`;
  }
  const end = points.at(-1);
  return { d, end, angle: end[1] > points.at(-2)[1] ? 90 : 270 };
}
