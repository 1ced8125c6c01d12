// The points of an experiment, put together from their columns.

/** The points of a cloud: `values` are the texts of its axes. */
function pointsOf(cloud) {
  return cloud.number.map((number, at) => ({
    at,
    number,
    values: cloud.axes.map((axis) => axis.labels[axis.at[at]]),
    levels: cloud.axes.map((axis) => axis.at[at]),
    cost: cloud.cost[at],
    costHalf: cloud.cost_half[at],
    p99: cloud.p99[at],
    p99Half: cloud.p99_half[at],
    state: cloud.state[at],
    front: cloud.front[at] === 1,
    chosen: cloud.chosen === at,
    note: cloud.note.words[cloud.note.at[at]],
  }));
}

/** The last part of a key. */
function shortName(key) {
  return key.split(".").pop();
}

/** Dollars to the cent. */
function cents(value) {
  return grouped(value.toFixed(2));
}

/** A value with half the width of its interval, where that is known. */
function withHalf(value, half, unit) {
  if (value === null) return "–";
  const isKnown = half !== null && half !== undefined;
  if (unit === "USD") return cents(value) + (isKnown ? " ± " + cents(half) : "") + " USD";
  return withUnit(value, unit) + (isKnown ? " ± " + withUnit(half, unit) : "");
}

/** The name of its state; the note of a setting of a search says it more exactly. */
function stateName(cloud, point) {
  return cloud.noun === "Setting" && point.note ? "" : cloud.states[point.state].name;
}

/** What is said of a point: its title, and lines. */
function pointWords(cloud, point) {
  const isNamed = cloud.noun === "Variant";
  const title = isNamed ? point.values[0] : cloud.noun + " " + point.number;
  const lines = isNamed ? [] : cloud.axes.map((axis, at) => shortName(axis.name) + " " + point.values[at]);
  lines.push("cost a month " + withHalf(point.cost, point.costHalf, "USD"));
  lines.push("p99 " + withHalf(point.p99, point.p99Half, "ms"));
  if (!isNamed && stateName(cloud, point)) lines.push(stateName(cloud, point));
  if (point.note) lines.push(point.note);
  if (point.chosen) lines.push("◆ " + cloud.chosen_name);
  return { title, lines };
}

