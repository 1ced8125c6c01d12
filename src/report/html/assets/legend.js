// The legend of a chart: one button a line, which hides and shows it and tells its value below the cursor.

/** A short piece of a line in its style, as it is in the chart. */
function swatch(style) {
  const line = drawing("line", {
    x1: 1, y1: 7, x2: 25, y2: 7,
    "stroke-width": 2.5,
    "stroke-dasharray": style.dash.join(" "),
    style: "stroke: var(--" + style.colour + ")",
  });
  return drawing("svg", { width: 26, height: 14, "aria-hidden": "true", focusable: "false" }, line);
}

/** Fills the legend of a chart; `toggle(number, shown)` is called when a line is hidden or shown. */
function makeLegend(holder, chart, toggle) {
  const values = chart.series.map((series, number) => {
    const value = element("output");
    const button = element("button", { type: "button", "aria-pressed": String(series.shown) }, swatch(series.style));
    button.append(element("span", {}, series.label), value);
    button.addEventListener("click", () => {
      const shown = button.getAttribute("aria-pressed") !== "true";
      button.setAttribute("aria-pressed", String(shown));
      toggle(number, shown);
    });
    holder.append(button);
    return value;
  });
  for (const line of chart.lines) {
    holder.append(element("span", { class: "fixed" }, swatch(line.style), element("span", {}, line.label)));
  }
  return {
    /** Shows the values at a point; `null`: those of no point. */
    show(columns, at) {
      chart.series.forEach((series, number) => {
        values[number].textContent = at === null ? "" : withUnit(columns[number][at], series.unit);
      });
    },
  };
}

