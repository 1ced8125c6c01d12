// Cost against latency, a mark for each point; the front is a line.

function startScatter(holder, cloud) {
  const points = pointsOf(cloud);
  const seen = points.filter((point) => point.cost !== null && point.p99 !== null);
  // Those that are seen best are drawn last; the keyboard goes from the cheapest to the dearest.
  const order = [...seen].sort((a, b) => b.state - a.state || a.at - b.at);
  const front = seen.filter((point) => point.front).sort((a, b) => a.cost - b.cost || b.p99 - a.p99);
  let places = [];

  function draw(svg, size) {
    const columns = size.width < 520 ? 4 : 8;
    const scales = [scaleOf(seen.map((point) => point.cost), columns, true), scaleOf(seen.map((point) => point.p99), 6, true)];
    const { x, y } = framed(
      svg,
      size,
      { scale: scales[0], name: "Cost a month, USD", text: (value, step) => tickText("number", value, step) },
      { scale: scales[1], name: "p99 response time", text: (value, step) => tickText("millis", value, step) },
    );
    const steps = front.map((point, at) => {
      const before = front[at - 1];
      return before ? `L${x(point.cost)} ${y(before.p99)}L${x(point.cost)} ${y(point.p99)}` : `M${x(point.cost)} ${y(point.p99)}`;
    });
    if (front.length > 1) svg.append(drawing("path", { d: steps.join(""), class: "front" }));
    const marks = drawing("g", { class: "marks" });
    for (const point of order) {
      const mark = stateMark(cloud.states[point.state].mark, x(point.cost), y(point.p99));
      if (point.front) mark.classList.add("on-front");
      marks.append(mark);
    }
    svg.append(marks);
    const chosen = seen.find((point) => point.chosen);
    if (chosen) svg.append(chosenMark(x(chosen.cost), y(chosen.p99)));
    if (cloud.noun === "Variant" && seen.length <= 12) names(svg, size, { x, y });
    places = [...seen]
      .sort((a, b) => a.cost - b.cost || b.p99 - a.p99)
      .map((point) => ({ x: x(point.cost), y: y(point.p99), ...pointWords(cloud, point) }));
  }

  /** Few points are named beside their marks, where there is room. */
  function names(svg, size, { x, y }) {
    const taken = [];
    for (const point of seen) {
      const text = point.values[0].length > 24 ? point.values[0].slice(0, 23) + "…" : point.values[0];
      const toRight = x(point.cost) + 16 + text.length * 7 < size.width;
      const at = { x: x(point.cost) + (toRight ? 15 : -15), y: y(point.p99) + 4 };
      if (taken.some((other) => Math.abs(other.y - at.y) < 15 && Math.abs(other.x - at.x) < 130)) continue;
      taken.push(at);
      svg.append(label(text, at.x, at.y, toRight ? "start" : "end", { class: "name" }));
    }
  }

  if (seen.length === 0) {
    holder.replaceWith(element("p", { class: "notice" }, "No point has a bill and response times: there is nothing to draw."));
    return;
  }
  const places0 = new Set(seen.map((point) => `${point.cost} ${point.p99}`));
  if (places0.size === 1) {
    const [only] = seen;
    const who = seen.length === 1 ? pointWords(cloud, only).title : `All ${grouped(String(seen.length))} points`;
    const notice = `${who}: ${withHalf(only.cost, null, "USD")} a month, p99 ${withUnit(only.p99, "ms")}. One place makes no picture.`;
    holder.replaceWith(element("p", { class: "notice" }, notice));
    return;
  }
  keepDrawn(holder, (width) => (width < 520 ? 320 : 400), draw);
  makeReadout(holder, () => places, 36);
  scatterLegend(cloud, seen, front, points.length - seen.length);
}

function scatterLegend(cloud, seen, front, missing) {
  const legend = document.querySelector('[data-legend="scatter"]');
  cloud.states.forEach((state, number) => {
    const count = seen.filter((point) => point.state === number).length;
    if (count > 0) legend.append(legendEntry(`${state.name} (${grouped(String(count))})`, stateMark(state.mark, 13, 12)));
  });
  if (front.length > 1) {
    legend.append(legendEntry("Pareto front", drawing("path", { d: "M1 5H13V18H25", class: "front" })));
  }
  if (seen.some((point) => point.chosen)) legend.append(legendEntry(cloud.chosen_name, chosenMark(13, 12)));
  if (missing > 0) legend.append(element("span", { class: "fixed" }, `${grouped(String(missing))} without figures are not drawn`));
}

