// The decision log as a lane below the charts, on the same time axis: one row a sort of entry, one sign a mark, so that
// colour is never needed to tell them apart.

const LANE_ROW = 26;

/** Which row of the lane an entry is in. */
function laneOf(entry) {
  if (entry.before !== entry.after) return "Scaled";
  if (entry.kind === "alarm") return "Alarms";
  return entry.kind === "policy" ? "Held" : "Events";
}

/** Paints one mark around a point. */
function paintMark(ctx, entry, x, y, size) {
  const shape = (points) => {
    ctx.beginPath();
    points.forEach(([right, down], at) => (at === 0 ? ctx.moveTo(x + right * size, y + down * size) : ctx.lineTo(x + right * size, y + down * size)));
    ctx.closePath();
  };
  if (entry.before !== entry.after) {
    const up = entry.after > entry.before ? -1 : 1;
    ctx.fillStyle = colour(up < 0 ? "scale-out" : "scale-in");
    shape([[-1, -up * 0.75], [1, -up * 0.75], [0, up]]);
    ctx.fill();
  } else if (entry.kind === "alarm") {
    ctx.strokeStyle = colour(entry.outcome === "ALARM" ? "red" : "blue");
    ctx.fillStyle = ctx.strokeStyle;
    if (entry.outcome === "ALARM") {
      shape([[-0.8, -0.8], [0.8, -0.8], [0.8, 0.8], [-0.8, 0.8]]);
      ctx.fill();
    } else {
      ctx.beginPath();
      ctx.arc(x, y, size * 0.8, 0, 2 * Math.PI);
      ctx.stroke();
    }
  } else if (entry.kind === "policy") {
    ctx.strokeStyle = colour("grey");
    ctx.beginPath();
    ctx.moveTo(x, y - size * 0.9);
    ctx.lineTo(x, y + size * 0.9);
    ctx.stroke();
  } else {
    ctx.fillStyle = colour(entry.kind === "capacity" ? "grey" : "orange");
    shape([[0, -1], [1, 0], [0, 1], [-1, 0]]);
    ctx.fill();
  }
}

const LANE_KEY = [
  ["desired count rises", { before: 1, after: 2 }],
  ["falls", { before: 2, after: 1 }],
  ["alarm fires", { kind: "alarm", outcome: "ALARM" }],
  ["alarm clears or has no data", { kind: "alarm", outcome: "OK" }],
  ["policy changes nothing", { kind: "policy" }],
  ["desired count reached", { kind: "capacity" }],
  ["schedule, task or fault", { kind: "fault" }],
];

/** The key to the marks, each drawn as it is in the lane. */
function laneKey(entries) {
  const sort = (entry) => (entry.before !== entry.after ? (entry.after > entry.before ? "up" : "down") : entry.kind === "alarm" ? "alarm" + (entry.outcome === "ALARM") : ["policy", "capacity"].includes(entry.kind) ? entry.kind : "other");
  const present = new Set(entries.map(sort));
  const holder = element("p", { class: "kinds" });
  const paints = [];
  for (const [label, entry] of LANE_KEY.filter(([, entry]) => present.has(sort(entry)))) {
    const canvas = element("canvas", { width: 28, height: 28, style: "width:14px;height:14px", "aria-hidden": "true" });
    const paint = () => {
      const ctx = canvas.getContext("2d");
      ctx.clearRect(0, 0, 28, 28);
      ctx.lineWidth = 3;
      paintMark(ctx, entry, 14, 14, 10);
    };
    paint();
    paints.push(paint);
    holder.append(element("span", {}, canvas, label));
  }
  onTheme(() => paints.forEach((paint) => paint()));
  return holder;
}

/** Draws the lane; `choose(number)` is called for the entry that is clicked on, or chosen with Enter. */
function makeLane(holder, entries, panel, key, group, choose) {
  const rows = ["Scaled", "Alarms", "Held", "Events"].filter((row) => entries.some((entry) => laneOf(entry) === row));
  const place = entries.map((entry) => rows.length - 1 - rows.indexOf(laneOf(entry)));
  const times = entries.map((entry) => panel.start + entry.at);
  const height = rows.length * LANE_ROW + 44;
  const { left, right } = gutters();
  let aimed = null;
  let chosen = null;

  function paint(u) {
    const ratio = devicePixelRatio;
    const { ctx } = u;
    const size = 5 * ratio;
    ctx.save();
    ctx.lineWidth = 1.6 * ratio;
    const [from, to] = [u.scales.x.min, u.scales.x.max];
    entries.forEach((entry, number) => {
      const until = panel.start + entry.until;
      if (until < from || times[number] > to) return;
      const x = u.valToPos(times[number], "x", true);
      const y = u.valToPos(place[number], "lane", true);
      if (entry.times > 1) {
        ctx.strokeStyle = colour("grey");
        ctx.beginPath();
        ctx.moveTo(x, y);
        ctx.lineTo(u.valToPos(until, "x", true), y);
        ctx.stroke();
      }
      if (times[number] < from) return;
      paintMark(ctx, entry, x, y, size);
      if (number === aimed || number === chosen) {
        ctx.strokeStyle = colour("ink");
        ctx.beginPath();
        ctx.arc(x, y, size * 1.9, 0, 2 * Math.PI);
        ctx.stroke();
      }
    });
    ctx.restore();
  }

  holder.style.height = height + "px";
  const plot = new uPlot(
    {
      width: Math.max(holder.clientWidth, 200),
      height,
      padding: [6, right, 0, 0],
      legend: { show: false },
      tzDate: (unix) => uPlot.tzDate(new Date(unix * 1000), panel.clock.zone),
      cursor: { y: false, points: { show: false }, sync: { key, setSeries: false }, drag: { x: false, y: false, setScale: false } },
      scales: { x: { time: true }, lane: { range: () => [-0.5, rows.length - 0.5] } },
      axes: [
        timeAxis(panel.clock),
        {
          scale: "lane",
          size: left,
          gap: 8,
          font: FONT,
          stroke: () => colour("faint"),
          ticks: { show: false },
          grid: { show: true, stroke: () => colour("grid"), width: 1 },
          splits: () => rows.map((row, number) => number),
          values: () => [...rows].reverse(),
        },
      ],
      series: [{}, { scale: "lane", paths: () => null, points: { show: false } }],
      hooks: { draw: [paint] },
    },
    [times, place],
    holder,
  );
  holder.dataset.drawn = "yes";
  group.onRange(([from, to]) => {
    if (holder.clientWidth > 0) plot.setSize({ width: holder.clientWidth, height });
    plot.setScale("x", { min: from, max: to });
    holder.dataset.from = String(Math.round(from - panel.start));
    holder.dataset.to = String(Math.round(to - panel.start));
  });
  onTheme(() => plot.redraw(false, true));

  function nearest(event) {
    const box = plot.over.getBoundingClientRect();
    const [right_of, below] = [event.clientX - box.left, event.clientY - box.top];
    let best = null;
    let least = 18 * 18;
    entries.forEach((entry, number) => {
      const across = plot.valToPos(times[number], "x") - right_of;
      if (Math.abs(across) > 18) return;
      const distance = across ** 2 + (plot.valToPos(place[number], "lane") - below) ** 2;
      if (distance < least) [best, least] = [number, distance];
    });
    return best;
  }
  plot.over.addEventListener("click", (event) => {
    const found = nearest(event);
    if (found !== null) choose(found);
  });
  plot.over.addEventListener("mousemove", (event) => {
    plot.over.style.cursor = nearest(event) === null ? "default" : "pointer";
  });
  holder.addEventListener("keydown", (event) => {
    const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (step !== undefined) {
      const visible = entries.map((_, number) => number).filter((number) => times[number] >= plot.scales.x.min && times[number] <= plot.scales.x.max);
      if (visible.length === 0) return;
      const now = aimed === null ? (step > 0 ? -1 : visible.length) : visible.indexOf(aimed);
      aimed = visible[Math.min(Math.max(now + step, 0), visible.length - 1)];
      group.pointAt(times[aimed]);
      plot.redraw(false, false);
    } else if (event.key === "Enter" && aimed !== null) {
      choose(aimed);
    } else {
      return;
    }
    event.preventDefault();
  });

  return {
    /** Rings the chosen entry. */
    choose: (number) => {
      chosen = number;
      aimed = number;
      plot.redraw(false, false);
    },
  };
}

