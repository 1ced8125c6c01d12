// The table of all points of the page: sorted by any column, a hundred rows at first.

const POINTS_AT_FIRST = 100;

function pointColumns(cloud) {
  const byNumber = (of) => (a, b) => {
    const [one, other] = [of(a), of(b)];
    if (one === null || other === null) return (one === null) - (other === null);
    return one - other;
  };
  const columns = [{ name: cloud.noun, text: (point) => String(point.number), order: byNumber((point) => point.number), isNumber: true }];
  cloud.axes.forEach((axis, at) => {
    const numeric = axis.labels.every((text) => text !== "" && Number.isFinite(Number(text)));
    const order = numeric ? byNumber((point) => Number(point.values[at])) : (a, b) => a.levels[at] - b.levels[at];
    columns.push({ name: shortName(axis.name), text: (point) => point.values[at], order, isNumber: numeric });
  });
  columns.push(
    { name: "Cost a month", text: (point) => withHalf(point.cost, point.costHalf, "USD"), order: byNumber((point) => point.cost), isNumber: true },
    { name: "p99", text: (point) => withHalf(point.p99, point.p99Half, "ms"), order: byNumber((point) => point.p99), isNumber: true },
    { name: "State", text: (point) => (point.chosen ? "◆ " + cloud.chosen_name + " · " : "") + [stateName(cloud, point), point.front ? "on the front" : "", point.note].filter((text) => text).join(" · "), order: byNumber((point) => point.state) },
  );
  return columns;
}

function startPointTable(holder, cloud) {
  const points = pointsOf(cloud);
  const columns = pointColumns(cloud);
  const sorted = { column: columns.findIndex((column) => column.name === "Cost a month"), down: false };
  let most = POINTS_AT_FIRST;
  const body = element("tbody");
  const heads = columns.map((column, number) => {
    const button = element("button", { type: "button" }, column.name);
    button.addEventListener("click", () => {
      sorted.down = sorted.column === number && !sorted.down;
      sorted.column = number;
      fill();
    });
    return element("th", { scope: "col", class: column.isNumber ? "number" : null }, button);
  });
  const noun = cloud.noun.toLowerCase() + "s";
  const title = `${grouped(String(points.length))} ${noun}; a heading sorts by its column`;
  const caption = element("caption", { class: "unseen" }, title);
  const table = element("table", { class: "results sortable" }, caption, element("thead", {}, element("tr", {}, ...heads)), body);
  const told = element("span", {});
  const more = element("button", { type: "button" }, "Show all");
  more.addEventListener("click", () => {
    most = points.length;
    fill();
  });
  const foot = element("div", { class: "more" }, told, more);

  function fill() {
    const { order } = columns[sorted.column];
    const rows = [...points].sort((a, b) => (sorted.down ? order(b, a) : order(a, b)) || a.at - b.at);
    heads.forEach((head, number) => {
      if (number === sorted.column) head.setAttribute("aria-sort", sorted.down ? "descending" : "ascending");
      else head.removeAttribute("aria-sort");
    });
    body.replaceChildren(
      ...rows.slice(0, most).map((point) => {
        const cells = columns.map((column) => element("td", { class: column.isNumber ? "number" : null }, column.text(point)));
        return element("tr", { class: point.chosen ? "chosen" : null }, ...cells);
      }),
    );
    foot.hidden = points.length <= most;
    told.textContent = `${grouped(String(Math.min(most, points.length)))} of ${grouped(String(points.length))} ${noun}`;
  }

  fill();
  holder.append(element("h3", { class: "table-title" }, title), element("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": title }, table), foot);
}

