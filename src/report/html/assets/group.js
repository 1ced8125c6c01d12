// Charts that share one time axis: what is zoomed in one is zoomed in all, and one cursor goes through them.

/** The charts of a panel with their tools, keys and legends. */
function makeGroup(section, panel, key) {
  const first = panel.start;
  const last = panel.start + panel.end;
  const members = [];
  let range = [first, last];
  let at = null;

  const rangeText = section.querySelector("[data-range]");
  const listeners = [];

  /** Shows a stretch of time in every chart. */
  function show(from, to) {
    const shortest = Math.min(60, last - first);
    const length = Math.min(Math.max(to - from, shortest), last - first);
    const begin = Math.min(Math.max(from, first), last - length);
    range = [begin, begin + length];
    for (const member of members) {
      member.plot.setSelect({ left: 0, width: 0, top: 0, height: 0 }, false);
      member.plot.setScale("x", { min: range[0], max: range[1] });
      member.holder.dataset.from = String(Math.round(range[0] - first));
      member.holder.dataset.to = String(Math.round(range[1] - first));
    }
    rangeText.textContent = panel.clock.span(range[0], range[1]);
    for (const listener of listeners) listener(range);
  }

  function zoom(factor) {
    const middle = at !== null && panel.times[at] >= range[0] && panel.times[at] <= range[1] ? panel.times[at] : (range[0] + range[1]) / 2;
    const share = (middle - range[0]) / (range[1] - range[0]);
    const length = (range[1] - range[0]) * factor;
    show(middle - share * length, middle + (1 - share) * length);
  }

  const shift = (share) => show(range[0] + share * (range[1] - range[0]), range[1] + share * (range[1] - range[0]));
  const actions = {
    in: () => zoom(0.5),
    out: () => zoom(2),
    left: () => shift(-0.5),
    right: () => shift(0.5),
    reset: () => show(first, last),
  };

  /** Puts the cursor on a point; it goes through all charts of the group. */
  function point(number) {
    at = Math.min(Math.max(number, 0), panel.times.length - 1);
    const time = panel.times[at];
    if (time < range[0] || time > range[1]) shift((time - (range[0] + range[1]) / 2) / (range[1] - range[0]));
    const { plot } = members[0];
    plot.setCursor({ left: plot.valToPos(time, "x"), top: 10 });
    section.dataset.cursor = String(Math.round(time - first));
  }

  function onKey(event) {
    const step = event.shiftKey ? 10 : 1;
    const now = at === null ? Math.floor(panel.times.length / 2) : at;
    const work = {
      ArrowLeft: () => point(now - step),
      ArrowRight: () => point(now + step),
      Home: () => point(0),
      End: () => point(panel.times.length - 1),
      "+": actions.in,
      "=": actions.in,
      "-": actions.out,
      "−": actions.out,
      0: actions.reset,
    }[event.key];
    if (!work || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    work();
  }

  panel.charts.forEach((chart, number) => {
    const made = makeChart(chart, panel, key);
    const { plot, holder } = made;
    const legend = makeLegend(section.querySelector('[data-legend="' + chart.id + '"]'), chart, (line, shown) => {
      plot.setSeries(line + 1, { show: shown });
    });
    const columns = chart.series.map((series) => series.values);
    plot.hooks.setCursor = [
      (u) => {
        const index = u.cursor.idx === undefined ? null : u.cursor.idx;
        if (index !== null) at = index;
        legend.show(columns, index);
        if (number === 0) rangeText.textContent = index === null ? panel.clock.span(range[0], range[1]) : panel.clock.full(panel.times[index]);
      },
    ];
    plot.hooks.setSelect = [
      (u) => {
        if (u.select.width < 4) return;
        const from = u.posToVal(u.select.left, "x");
        const to = u.posToVal(u.select.left + u.select.width, "x");
        show(from, to);
      },
    ];
    plot.over.addEventListener("dblclick", actions.reset);
    holder.addEventListener("keydown", onKey);
    const button = section.querySelector('[data-log-scale="' + chart.id + '"]');
    if (button) {
      button.hidden = false;
      button.addEventListener("click", () => {
        const wished = button.getAttribute("aria-pressed") !== "true";
        button.setAttribute("aria-pressed", String(wished));
        setLogarithmic(made, wished);
      });
    }
    members.push(made);
  });

  for (const button of section.querySelectorAll("[data-do]")) button.addEventListener("click", actions[button.dataset.do]);
  section.querySelector("[data-tools]").hidden = false;
  show(first, last);

  function resize() {
    for (const { plot, holder } of members) {
      if (holder.clientWidth > 0) plot.setSize({ width: holder.clientWidth, height: holder.clientHeight });
    }
    for (const listener of listeners) listener(range);
  }
  new ResizeObserver(onceAFrame(resize)).observe(section);
  addEventListener("beforeprint", resize);
  onTheme(() => members.forEach(({ plot }) => plot.redraw(false, true)));

  return {
    /** `listener(range)` is called when another stretch of time is shown, or its width has changed. */
    onRange: (listener) => {
      listeners.push(listener);
      listener(range);
    },
    /** Puts the cursor on the point before a moment. */
    pointAt: (unix) => {
      let low = 0;
      let high = panel.times.length - 1;
      while (low < high) {
        const middle = Math.ceil((low + high) / 2);
        if (panel.times[middle] <= unix) low = middle;
        else high = middle - 1;
      }
      point(low);
    },
  };
}

