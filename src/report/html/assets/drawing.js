// What the drawings of experiments share: scales with their ticks, the frame with its axes, marks, and a drawing that is
// made again when its place changes its width.

/** Values at equal steps that people like, about `count` of them, from below `low` to above `high`. */
function evenTicks(low, high, count) {
  const rough = (high - low) / Math.max(1, count) || 1;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((factor) => factor * power).find((one) => one >= rough * 0.999);
  const ticks = [];
  for (let at = Math.floor(low / step + 1e-9) * step; at < high + step * 0.999; at += step) {
    ticks.push(Math.abs(at) < step * 1e-9 ? 0 : at);
  }
  return { ticks, step };
}

/** Powers of ten, with 2 and 5 between them where there are few. */
function logarithmicTicks(low, high) {
  const first = Math.floor(Math.log10(low));
  const last = Math.ceil(Math.log10(high));
  const factors = last - first <= 3 ? [1, 2, 5] : [1];
  const ticks = [];
  for (let power = first; power <= last; power += 1) {
    for (const factor of factors) ticks.push(factor * 10 ** power);
  }
  const below = ticks.filter((tick) => tick <= low).length - 1;
  const above = ticks.findIndex((tick) => tick >= high);
  const used = ticks.slice(Math.max(0, below), above < 0 ? ticks.length : above + 1);
  const every = Math.ceil(used.length / 9);
  return used.filter((_, at) => at % every === 0 || at === used.length - 1);
}

/** A scale for some values. It is logarithmic where the largest is many times the least, and then says so. */
function scaleOf(values, count, mayBeLogarithmic) {
  const known = values.filter((value) => value !== null && value !== undefined);
  let low = Math.min(...known.slice(0, 1), Infinity);
  let high = -Infinity;
  for (const value of known) {
    low = Math.min(low, value);
    high = Math.max(high, value);
  }
  if (known.length === 0) [low, high] = [0, 1];
  const logarithmic = mayBeLogarithmic && low > 0 && high / low > LOG_FROM;
  if (logarithmic) {
    const ticks = logarithmicTicks(low, high);
    const [from, to] = [Math.log(Math.min(ticks[0], low)), Math.log(Math.max(ticks[ticks.length - 1], high))];
    return { ticks, step: ticks[0], logarithmic, share: (value) => (Math.log(Math.max(value, 1e-300)) - from) / (to - from || 1) };
  }
  if (high - low < Math.abs(high) * 1e-6) {
    low -= Math.abs(low) * 0.05 || 0.5;
    high += Math.abs(high) * 0.05 || 0.5;
  }
  const { ticks, step } = evenTicks(low, high, count);
  const [from, to] = [ticks[0], ticks[ticks.length - 1]];
  return { ticks, step, logarithmic, share: (value) => (value - from) / (to - from || 1) };
}

function label(text, x, y, anchor, more) {
  return drawing("text", { x, y, "text-anchor": anchor, ...more }, text);
}

/** The frame of a plot: grid, ticks and names of both axes. Places of values are `x(value)` and `y(value)`. */
function framed(svg, size, across, up) {
  const left = 76;
  const box = { left, top: 10, right: size.width - 14, bottom: size.height - 44 };
  const x = (value) => box.left + across.scale.share(value) * (box.right - box.left);
  const y = (value) => box.bottom - up.scale.share(value) * (box.bottom - box.top);
  const grid = drawing("g", { class: "grid" });
  const texts = drawing("g", { class: "ticks" });
  let free = -Infinity;
  for (const tick of across.scale.ticks) {
    const text = across.text(tick, across.scale.step);
    grid.append(drawing("line", { x1: x(tick), x2: x(tick), y1: box.top, y2: box.bottom }));
    const half = text.length * 3.6;
    if (x(tick) - half < free || x(tick) + half > size.width + 4) continue;
    free = x(tick) + half + 8;
    texts.append(label(text, x(tick), box.bottom + 17, "middle", {}));
  }
  for (const tick of up.scale.ticks) {
    grid.append(drawing("line", { x1: box.left, x2: box.right, y1: y(tick), y2: y(tick) }));
    texts.append(label(up.text(tick, up.scale.step), box.left - 7, y(tick) + 4, "end", {}));
  }
  const name = (axis) => axis.name + (axis.scale.logarithmic ? " (logarithmic)" : "");
  texts.append(label(name(across), (box.left + box.right) / 2, size.height - 6, "middle", { class: "axis-name" }));
  const middle = (box.top + box.bottom) / 2;
  texts.append(label(name(up), 12, middle, "middle", { class: "axis-name", transform: `rotate(-90 12 ${middle})` }));
  svg.append(grid, texts);
  return { box, x, y };
}

/** A mark of a state: a filled dot, a hollow one, or a faint small one. */
function stateMark(mark, x, y) {
  return drawing("circle", { cx: x, cy: y, r: mark === "faint" ? 3.5 : 5, class: "mark " + mark });
}

/** A diamond around a mark: the one that was chosen. */
function chosenMark(x, y) {
  const far = 11;
  return drawing("path", { d: `M${x} ${y - far}L${x + far} ${y}L${x} ${y + far}L${x - far} ${y}Z`, class: "mark-chosen" });
}

/** An entry of a legend: a small drawing and its name. */
function legendEntry(name, ...marks) {
  const svg = drawing("svg", { width: 26, height: 24, "aria-hidden": "true", focusable: "false" }, ...marks);
  return element("span", { class: "fixed" }, svg, element("span", {}, name));
}

/** Draws into the element of that id, and again whenever its width changes. `draw(svg, size)` fills the drawing. */
function keepDrawn(holder, height, draw) {
  let svg = null;
  let width = 0;
  const again = () => {
    const now = Math.max(240, Math.round(holder.clientWidth));
    if (now === width) return;
    width = now;
    const size = { width, height: typeof height === "function" ? height(width) : height };
    const fresh = drawing("svg", { viewBox: `0 0 ${size.width} ${size.height}`, width: "100%", "aria-hidden": "true", focusable: "false" });
    draw(fresh, size);
    if (svg) svg.replaceWith(fresh);
    else holder.prepend(fresh);
    svg = fresh;
  };
  again();
  new ResizeObserver(onceAFrame(again)).observe(holder);
  return {
    again: () => {
      width = 0;
      again();
    },
  };
}

