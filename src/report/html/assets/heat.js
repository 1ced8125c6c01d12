// A heat map of two axes. A cell is the mean of the points that have both values; it darkens as its value rises, as in
// pictures, and the value stands in it where it fits.

function heatColour(share) {
  const at = Math.max(0, Math.min(1, share)) * (HEAT.length - 1);
  const below = Math.min(HEAT.length - 2, Math.floor(at));
  const parts = HEAT[below].map((part, index) => Math.round(part + (HEAT[below + 1][index] - part) * (at - below)));
  const light = (0.299 * parts[0] + 0.587 * parts[1] + 0.114 * parts[2]) / 255;
  return { fill: `rgb(${parts.join(",")})`, ink: light > 0.47 ? "#14171c" : "#ffffff" };
}

/** The figures that a cell can show. */
function heatFigures(cloud) {
  const short = (value) => (value >= 100 ? grouped(value.toFixed(0)) : trimmed(value.toFixed(value >= 10 ? 1 : 2)));
  const figures = [
    { name: "cost a month", of: (point) => point.cost, text: (value) => withHalf(value, null, "USD"), brief: short },
    { name: "p99 response time", of: (point) => point.p99, text: (value) => withUnit(value, "ms"), brief: (value) => (value >= 999.5 ? figure(value / 1000) + "s" : short(value)), logarithmic: true },
  ];
  if (cloud.states[1].name) {
    const passes = (point) => (point.state === 2 ? null : point.state === 0 ? 1 : 0);
    const percent = (value) => trimmed((value * 100).toFixed(1)) + " %";
    const word = (value) => (value === 1 ? "✓ passes" : value === 0 ? "✕ fails" : percent(value));
    figures.push({ name: "passes every check", of: passes, text: word, brief: (value) => (value === 1 ? "✓" : value === 0 ? "✕" : percent(value)), range: [0, 1] });
  }
  return figures;
}

/** The means of a figure over the points of each cell. */
function heatCells(points, first, second, across, up, figureOf) {
  const cells = [];
  for (let row = 0; row < up; row += 1) cells.push(Array.from({ length: across }, () => ({ sum: 0, count: 0, value: null })));
  for (const point of points) {
    const value = figureOf(point);
    const cell = cells[point.levels[second]]?.[point.levels[first]];
    if (value === null || value === undefined || !cell) continue;
    cell.sum += value;
    cell.count += 1;
    cell.value = cell.sum / cell.count;
  }
  return cells;
}

function startHeat(holder, cloud) {
  const points = pointsOf(cloud);
  const figures = heatFigures(cloud);
  const choice = { figure: 0, across: 0, up: 1 };
  const legend = document.querySelector('[data-legend="heat"]');
  let places = [];

  function draw(svg, size) {
    const shown = figures[choice.figure];
    const [across, up] = [cloud.axes[choice.across], cloud.axes[choice.up]];
    const cells = heatCells(points, choice.across, choice.up, across.labels.length, up.labels.length, shown.of);
    const known = cells.flat().map((cell) => cell.value).filter((value) => value !== null);
    let [low, high] = shown.range || [Math.min(...known), Math.max(...known)];
    const logarithmic = Boolean(shown.logarithmic) && low > 0 && high / low > LOG_FROM;
    const share = (value) => {
      if (high === low) return 0.5;
      return logarithmic ? Math.log(value / low) / Math.log(high / low) : (value - low) / (high - low);
    };
    const widest = Math.max(...up.labels.map((text) => Math.min(text.length, 14)));
    const [left, top] = [28 + widest * 7, 4];
    const wide = (size.width - left - 4) / across.labels.length;
    const high1 = (size.height - top - 44) / up.labels.length;
    const cut = (text, room) => (text.length * 7 > room ? text.slice(0, Math.max(1, Math.floor(room / 7) - 1)) + "…" : text);
    places = [];
    cells.forEach((row, at) => {
      row.forEach((cell, column) => {
        const [x, y] = [left + column * wide, top + (cells.length - 1 - at) * high1];
        const { fill, ink } = cell.value === null ? { fill: "var(--raised)", ink: "var(--faint)" } : heatColour(share(cell.value));
        svg.append(drawing("rect", { x: x + 0.5, y: y + 0.5, width: Math.max(1, wide - 1), height: Math.max(1, high1 - 1), style: `fill: ${fill}`, class: "cell" }));
        const brief = cell.value === null ? "–" : shown.brief(cell.value);
        if (brief.length * 7.2 < wide - 4 && high1 >= 16) svg.append(label(brief, x + wide / 2, y + high1 / 2 + 4, "middle", { class: "cell-text", style: `fill: ${ink}` }));
        const lines = [`${shown.name}: ${cell.value === null ? "not known" : shown.text(cell.value)}`];
        if (cell.count > 1) lines.push(`the mean of ${cell.count} points`);
        const title = `${shortName(across.name)} ${across.labels[column]}, ${shortName(up.name)} ${up.labels[at]}`;
        places.push({ x: x + wide / 2, y: y + high1 / 2, wide: wide / 2, high: high1 / 2, title, lines });
      });
    });
    const ticks = drawing("g", { class: "ticks" });
    const every = Math.max(1, Math.ceil(26 / wide));
    across.labels.forEach((text, column) => {
      if (column % every === 0) ticks.append(label(cut(text, wide * every - 2), left + (column + 0.5) * wide, size.height - 26, "middle", {}));
    });
    const skip = Math.max(1, Math.ceil(13 / high1));
    up.labels.forEach((text, at) => {
      if (at % skip === 0) ticks.append(label(cut(text, 14 * 7), left - 6, top + (up.labels.length - 0.5 - at) * high1 + 4, "end", {}));
    });
    ticks.append(label(shortName(across.name), left + (size.width - left) / 2, size.height - 6, "middle", { class: "axis-name" }));
    const middle = top + (size.height - 48) / 2;
    ticks.append(label(shortName(up.name), 12, middle, "middle", { class: "axis-name", transform: `rotate(-90 12 ${middle})` }));
    svg.append(ticks);
    legend.replaceChildren();
    if (known.length > 0) {
      const ramp = [0, 0.2, 0.4, 0.6, 0.8, 1].map((part, at) => drawing("rect", { x: at * 16, y: 2, width: 16, height: 10, style: `fill: ${heatColour(part).fill}` }));
      const bar = drawing("svg", { width: 96, height: 14, "aria-hidden": "true", focusable: "false" }, ...ramp);
      const named = shown.range ? ["fails", "passes"] : [shown.text(low), shown.text(high)];
      legend.append(element("span", { class: "fixed" }, named[0], bar, named[1] + (logarithmic ? " (logarithmic)" : "")));
    }
  }

  const rows = () => cloud.axes[choice.up].labels.length;
  const drawn = keepDrawn(holder, (width) => 48 + rows() * Math.max(8, Math.min(40, 520 / rows(), width / 6)), draw);
  const readout = makeReadout(holder, () => places.map((place) => ({ ...place, ring: true })), 1);
  const again = () => {
    readout.hide();
    drawn.again();
  };
  heatChoices(cloud, figures, choice, again);
}

/** What the map shows: the figure and, of more than two axes, which two. */
function heatChoices(cloud, figures, choice, again) {
  const holder = document.querySelector('[data-choices="heat"]');
  const choose = (text, names, key, other) => {
    const select = element("select", {}, ...names.map((name, at) => element("option", { value: at, selected: at === choice[key] }, name)));
    select.addEventListener("change", () => {
      const before = choice[key];
      choice[key] = Number(select.value);
      if (other && choice[other.key] === choice[key]) {
        choice[other.key] = before;
        other.select().value = String(before);
      }
      again();
    });
    holder.append(element("label", {}, text, select));
    return select;
  };
  holder.hidden = false;
  choose("Figure", figures.map((one) => one.name), "figure");
  if (cloud.axes.length < 3) return;
  const names = cloud.axes.map((axis) => shortName(axis.name));
  const selects = {};
  selects.across = choose("Across", names, "across", { key: "up", select: () => selects.up });
  selects.up = choose("Up", names, "up", { key: "across", select: () => selects.across });
}

