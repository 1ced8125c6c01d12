// One chart: what `chart.rs` describes, drawn by uPlot. It knows nothing of the other charts; `group.js` ties them.

const FONT = '12px system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif';

/** Widths of the vertical axes: the same in all charts of a page, so that their times stand below each other. */
function gutters() {
  const narrow = innerWidth <= 640;
  return { left: narrow ? 52 : 64, right: narrow ? 46 : 64 };
}

/** The lower and upper end of a scale that holds these values and zero. */
function fromZero(axis, lines) {
  return (u, low, high) => {
    let most = high === null || high === undefined ? 0 : high;
    // A line far above everything would press the rest to the ground; its legend tells of it.
    for (const line of lines) if (line.value <= most * 2.5) most = Math.max(most, line.value);
    most = Math.max(most * 1.06, axis.at_least || 0);
    // A metric of one's own may be below zero.
    const least = low < 0 ? low * 1.06 : 0;
    return [least, most > least ? most : least + 1];
  };
}

/** The same for a logarithmic scale: whole powers of ten around the values. */
function powers(u, low, high) {
  const least = low > 0 ? low : 1;
  return [10 ** Math.floor(Math.log10(least)), 10 ** Math.ceil(Math.log10(Math.max(high || 1, least * 10)))];
}

/** Where an axis has its lines: at round steps, or at powers of ten where it is logarithmic at the time. */
function splitsOf(scale) {
  return (u, axis, low, high, step) => {
    const splits = [];
    if (u.scales[scale].distr === 3) {
      for (let power = Math.ceil(Math.log10(low) - 1e-9); power <= Math.log10(high) + 1e-9; power += 1) splits.push(10 ** power);
      return splits;
    }
    for (let index = Math.ceil(low / step - 1e-9); index * step <= high + step * 1e-9; index += 1) splits.push(index * step);
    return splits;
  };
}

function verticalAxis(axis, scale, side, size) {
  return {
    scale,
    side,
    size,
    stroke: () => colour("faint"),
    font: FONT,
    gap: 6,
    ticks: { show: false },
    grid: { show: side === 3, stroke: () => colour("grid"), width: 1 },
    space: 34,
    ...(axis.may_be_logarithmic ? { splits: splitsOf(scale) } : {}),
    // There is no half a task.
    ...(axis.kind === "count" && axis.title === "tasks" ? { incrs: WHOLE } : {}),
    values: (u, splits, number, space, distance) => {
      const logarithmic = u.scales[scale].distr === 3;
      const isPower = (value) => Math.abs(Math.log10(value) % 1) < 1e-9;
      return splits.map((value) => (logarithmic && !isPower(value) ? "" : tickText(axis.kind, value, distance)));
    },
  };
}

/** Steps of an axis that counts things. */
const WHOLE = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1e3, 2e3, 5e3, 1e4, 2e4, 5e4, 1e5];

/** The time axis: hours and minutes, the date where a day begins. */
function timeAxis(clock) {
  return {
    stroke: () => colour("faint"),
    font: FONT,
    size: 34,
    gap: 4,
    space: 64,
    ticks: { show: true, size: 4, stroke: () => colour("grid"), width: 1 },
    grid: { show: true, stroke: () => colour("grid"), width: 1 },
    values: (u, splits, number, space, distance) => {
      const midnight = (unix) => clock.second(unix) === "00:00:00";
      return splits.map((unix) => {
        if (unix === null) return "";
        if (distance < 60) return clock.second(unix);
        return midnight(unix) || distance >= 86400 ? clock.day(unix) : clock.minute(unix);
      });
    },
  };
}

/** Paints the stretches in which a series is above zero. */
function paintShade(u, values) {
  const times = u.data[0];
  const { ctx } = u;
  ctx.fillStyle = colour("shade");
  let from = null;
  for (let at = 0; at <= times.length; at += 1) {
    const above = at < times.length && values[at] > 0;
    if (above && from === null) from = times[at];
    if (!above && from !== null) {
      const left = Math.max(u.valToPos(from, "x", true), u.bbox.left);
      const right = Math.min(u.valToPos(at < times.length ? times[at] : u.scales.x.max, "x", true), u.bbox.left + u.bbox.width);
      if (right > left) ctx.fillRect(left, u.bbox.top, Math.max(right - left, 1), u.bbox.height);
      from = null;
    }
  }
}

/** Paints the lines across the whole chart. */
function paintLines(u, lines) {
  const { ctx } = u;
  const ratio = devicePixelRatio;
  for (const line of lines) {
    const y = u.valToPos(line.value, line.on_right ? "right" : "left", true);
    if (y < u.bbox.top || y > u.bbox.top + u.bbox.height) continue;
    ctx.strokeStyle = colour(line.style.colour);
    ctx.lineWidth = 1.5 * ratio;
    ctx.setLineDash(line.style.dash.map((length) => length * ratio));
    ctx.beginPath();
    ctx.moveTo(u.bbox.left, y);
    ctx.lineTo(u.bbox.left + u.bbox.width, y);
    ctx.stroke();
    ctx.setLineDash([]);
  }
}

/** Paints a triangle at the upper edge for every marked moment; smaller ones, one for several, where they are many. */
function paintMarks(u, marks, start) {
  const { ctx } = u;
  const [left, right] = [u.bbox.left, u.bbox.left + u.bbox.width];
  const visible = marks.map((mark) => ({ up: mark.up, x: u.valToPos(start + mark.at, "x", true) })).filter(({ x }) => x >= left && x <= right);
  const size = (visible.length > 60 ? 3 : 5) * devicePixelRatio;
  const last = { true: -Infinity, false: -Infinity };
  for (const { up, x } of visible) {
    if (visible.length > 60 && x - last[up] < size * 2.5) continue;
    last[up] = x;
    const y = u.bbox.top - 6 * devicePixelRatio;
    const tip = up ? -size : size;
    ctx.fillStyle = colour(up ? "scale-out" : "scale-in");
    ctx.beginPath();
    ctx.moveTo(x - size, y - tip * 0.7);
    ctx.lineTo(x + size, y - tip * 0.7);
    ctx.lineTo(x, y + tip * 0.9);
    ctx.fill();
  }
}

/** The units of the vertical axes, above them. */
function paintUnits(u, chart) {
  const { ctx } = u;
  ctx.save();
  ctx.fillStyle = colour("faint");
  ctx.font = FONT.replace(/[\d.]+px/, (size) => `${parseFloat(size) * devicePixelRatio}px`);
  ctx.textBaseline = "alphabetic";
  const y = u.bbox.top - 20 * devicePixelRatio;
  ctx.textAlign = "left";
  ctx.fillText(chart.left.title, 4 * devicePixelRatio, y);
  if (chart.right) {
    ctx.textAlign = "right";
    ctx.fillText(chart.right.title, u.ctx.canvas.width - 4 * devicePixelRatio, y);
  }
  ctx.restore();
}

/** What uPlot needs of a line. */
function uplotSeries(series) {
  const { style } = series;
  return {
    label: series.label,
    scale: series.on_right ? "right" : "left",
    show: series.shown,
    stroke: () => colour(style.colour),
    fill: style.fill ? () => tinted(style.colour, 0.12) : undefined,
    width: style.width,
    dash: style.dash,
    paths: style.step ? uPlot.paths.stepped({ align: 1 }) : uPlot.paths.linear(),
    points: { show: false },
  };
}

/** Values without the zeros between zeros, which would draw a line along the axis that says nothing. */
function withoutRest(values) {
  return values.map((value, at) => (value === 0 && !(values[at - 1] > 0) && !(values[at + 1] > 0) ? null : value));
}

/** Draws a chart into its element. `panel` has its start and its clock, `key` ties the cursors of its group. */
function makeChart(chart, panel, key) {
  const holder = document.getElementById(chart.id);
  const { left, right } = gutters();
  const linesOf = (onRight) => chart.lines.filter((line) => line.on_right === onRight);
  const shaded = chart.shaded === undefined ? null : chart.series[chart.shaded].values;
  const axes = [timeAxis(panel.clock), verticalAxis(chart.left, "left", 3, left)];
  const scales = { x: { time: true }, left: { range: fromZero(chart.left, linesOf(false)) } };
  if (chart.right) {
    axes.push(verticalAxis(chart.right, "right", 1, right));
    // Aligned axes: as high on the right as what it is worth on the left.
    scales.right = chart.right.worth
      ? { from: "left", range: (u, low, high) => [low / chart.right.worth, high / chart.right.worth] }
      : { range: fromZero(chart.right, linesOf(true)) };
  }
  const made = { holder, chart };
  made.plot = new uPlot(
    {
      width: Math.max(holder.clientWidth, 200),
      height: holder.clientHeight,
      padding: [34, chart.right ? 0 : right, 0, 0],
      legend: { show: false },
      tzDate: (unix) => uPlot.tzDate(new Date(unix * 1000), panel.clock.zone),
      cursor: { y: false, bind: { dblclick: () => () => null }, sync: { key, setSeries: false }, drag: { x: true, y: false, setScale: false }, points: { size: 7 } },
      scales,
      axes,
      series: [{}, ...chart.series.map(uplotSeries)],
      hooks: {
        // It begins linear, because uPlot decides about splits and places for good when it makes a scale.
        ready: [(u) => chart.left.is_logarithmic && setLogarithmic({ ...made, plot: u }, true)],
        drawAxes: [(u) => shaded && paintShade(u, shaded)],
        draw: [
          (u) => {
            paintLines(u, chart.lines);
            paintMarks(u, chart.marks, panel.start);
            paintUnits(u, chart);
          },
        ],
      },
    },
    [panel.times, ...chart.series.map((series) => (series.sparse ? withoutRest(series.values) : series.values))],
    holder,
  );
  holder.dataset.drawn = "yes";
  return made;
}

/** Makes a chart's left axis logarithmic, or linear again. */
function setLogarithmic(made, wished) {
  const scale = made.plot.scales.left;
  scale.distr = wished ? 3 : 1;
  scale.log = 10;
  // uPlot has chosen the way from a value to its place when it made the scale.
  const place = wished ? (value) => Math.log10(value > 0 ? value : scale.min / 10) : (value) => value;
  scale.valToPct = (value) => (place(value) - place(scale.min)) / (place(scale.max) - place(scale.min));
  scale.range = wished ? powers : fromZero(made.chart.left, made.chart.lines.filter((line) => !line.on_right));
  made.holder.dataset.logarithmic = wished ? "yes" : "no";
  made.plot.redraw(true, true);
}

