// Values with their intervals, a row each: the dot is the value, the line its interval. Names stand above their lines.

function startDots(holder, dots) {
  const rows = dots.names
    .map((name, at) => ({ name, value: dots.value[at], half: dots.half[at] ?? 0, status: dots.status[at] }))
    .filter((row) => row.value !== null);
  if (rows.length === 0) {
    holder.replaceWith(element("p", { class: "notice" }, "No variant has this figure: there is nothing to draw."));
    return;
  }
  if (rows.length === 1) {
    const [only] = rows;
    holder.replaceWith(element("p", { class: "notice" }, `${only.name}: ${withHalf(only.value, only.half || null, dots.unit)}. One value makes no picture.`));
    return;
  }
  let places = [];

  function draw(svg, size) {
    const ends = rows.flatMap((row) => [row.value - row.half, row.value + row.half]);
    const spread = Math.min(...ends) > 0 && Math.max(...ends) / Math.min(...ends) > LOG_FROM;
    const scale = scaleOf(spread ? ends : [0, ...ends.map((end) => Math.max(0, end))], size.width < 520 ? 4 : 8, true);
    // Names stand on their rows, or above them where there is no room.
    const beside = size.width >= 520;
    const rowHeight = beside ? 30 : 42;
    const room = beside ? Math.min(240, 14 + Math.max(...rows.map((row) => row.name.length)) * 7.2) : 0;
    const [left, right, bottom] = [10 + room, size.width - 18, size.height - 40];
    const x = (value) => left + scale.share(value) * (right - left);
    const grid = drawing("g", { class: "grid" });
    const ticks = drawing("g", { class: "ticks" });
    let free = -Infinity;
    for (const tick of scale.ticks) {
      const text = tickText(dots.unit === "ms" ? "millis" : "number", tick, scale.step);
      grid.append(drawing("line", { x1: x(tick), x2: x(tick), y1: 0, y2: bottom }));
      if (x(tick) - text.length * 3.6 < free) continue;
      free = x(tick) + text.length * 3.6 + 8;
      ticks.append(label(text, x(tick), bottom + 17, x(tick) - text.length * 3.6 < 0 ? "start" : x(tick) + text.length * 3.6 > size.width ? "end" : "middle", {}));
    }
    const name = (dots.unit === "ms" ? "p99 response time" : "USD a month") + (scale.logarithmic ? " (logarithmic)" : "");
    ticks.append(label(name, size.width / 2, size.height - 4, "middle", { class: "axis-name" }));
    svg.append(grid, ticks);
    places = rows.map((row, at) => {
      const y = at * rowHeight + (beside ? 16 : 30);
      const mark = { pass: "filled", fail: "hollow" }[row.status] || "faint";
      const most = Math.floor((beside ? room - 14 : size.width) / 7.2);
      const name = row.name.length > most ? row.name.slice(0, most - 1) + "…" : row.name;
      svg.append(
        beside ? label(name, left - 14, y + 4, "end", { class: "name" }) : label(name, left, y - 13, "start", { class: "name" }),
        drawing("line", { x1: x(row.value - row.half), x2: x(row.value + row.half), y1: y, y2: y, class: "interval" }),
        stateMark(mark, x(row.value), y),
      );
      const half = row.half === 0 ? null : row.half;
      return { x: x(row.value), y, wide: size.width, high: rowHeight / 3, title: row.name, lines: [withHalf(row.value, half, dots.unit)] };
    });
  }

  keepDrawn(holder, (width) => rows.length * (width >= 520 ? 30 : 42) + 44, draw);
  makeReadout(holder, () => places, 12);
  const legend = document.querySelector(`[data-legend="${dots.id}"]`);
  const marks = { pass: ["filled", "passes its checks"], fail: ["hollow", "fails a check"] };
  const present = new Set(rows.map((row) => (row.status in marks ? row.status : "other")));
  for (const status of ["pass", "fail"]) {
    if (present.has(status)) legend.append(legendEntry(marks[status][1], stateMark(marks[status][0], 13, 12)));
  }
  if (present.has("other")) legend.append(legendEntry("not known", stateMark("faint", 13, 12)));
}

