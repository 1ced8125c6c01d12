// A fan: bands in which eight of ten runs lie and half of them, the mean, and the bills that came in.

function startFan(holder, fan) {
  const count = fan.months.length;
  const hasBills = fan.bills.some((bill) => bill !== null);
  let places = [];

  function draw(svg, size) {
    const values = [0, ...fan.p90, ...fan.p10, ...fan.mean, ...fan.bills];
    const scale = scaleOf(values, 6, false);
    const months = { ticks: fan.months.map((_, at) => at), step: 1, logarithmic: false, share: (at) => (count > 1 ? 0.02 + (at / (count - 1)) * 0.96 : 0.5) };
    const { box, x, y } = framed(
      svg,
      size,
      { scale: months, name: "Month", text: (at) => fan.months[at] },
      { scale, name: "USD", text: (value, step) => tickText("number", value, step) },
    );
    const known = (...columns) => fan.months.map((_, at) => at).filter((at) => columns.every((column) => column[at] !== null));
    const band = (low, high, name) => {
      const at = known(low, high);
      if (at.length === 0) return;
      if (at.length === 1) {
        svg.append(drawing("rect", { x: x(at[0]) - 12, width: 24, y: y(high[at[0]]), height: Math.max(1, y(low[at[0]]) - y(high[at[0]])), class: name }));
        return;
      }
      const there = at.map((month) => `${x(month)} ${y(high[month])}`);
      const back = at.reverse().map((month) => `${x(month)} ${y(low[month])}`);
      svg.append(drawing("path", { d: `M${there.join("L")}L${back.join("L")}Z`, class: name }));
    };
    band(fan.p10, fan.p90, "band-wide");
    band(fan.p25, fan.p75, "band");
    const at = known(fan.mean);
    if (at.length > 1) svg.append(drawing("path", { d: "M" + at.map((month) => `${x(month)} ${y(fan.mean[month])}`).join("L"), class: "mean" }));
    for (const month of at) svg.append(drawing("circle", { cx: x(month), cy: y(fan.mean[month]), r: 3, class: "mean-dot" }));
    for (const month of known(fan.bills)) svg.append(billMark(x(month), y(fan.bills[month])));
    const half = count > 1 ? (x(1) - x(0)) / 2 : (box.right - box.left) / 2;
    places = at.map((month) => ({ x: x(month), y: y(fan.mean[month]), wide: half, high: size.height, title: fan.months[month], lines: fanWords(fan, month) }));
  }

  keepDrawn(holder, (width) => (width < 520 ? 280 : 330), draw);
  makeReadout(holder, () => places, 1);
  const legend = document.querySelector(`[data-legend="${fan.id}"]`);
  const box = (name) => drawing("rect", { x: 1, y: 4, width: 24, height: 16, class: name });
  legend.append(
    legendEntry("P10 to P90", box("band-wide")),
    legendEntry("P25 to P75", box("band-wide"), box("band")),
    legendEntry("mean", drawing("line", { x1: 1, x2: 25, y1: 12, y2: 12, class: "mean" })),
  );
  if (hasBills) legend.append(legendEntry("bill", billMark(13, 12)));
}

function billMark(x, y) {
  return drawing("rect", { x: x - 5, y: y - 5, width: 10, height: 10, class: "bill-mark" });
}

function fanWords(fan, at) {
  const usd = (column) => withHalf(column[at], null, "USD");
  const lines = [`mean ${usd(fan.mean)}`, `P10 to P90: ${usd(fan.p10)} to ${usd(fan.p90)}`, `P25 to P75: ${usd(fan.p25)} to ${usd(fan.p75)}`];
  if (fan.bills[at] !== null) lines.push(`bill ${usd(fan.bills)}`);
  return lines;
}

