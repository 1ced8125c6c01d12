// Puts the page together. The data of a run holds `services`: for each the element that holds it, its panel of charts and
// its log. That of an experiment holds `cloud` (points), `dots` (values with intervals) and `fans` (bands over months).

function startService({ id, panel, log }) {
  const section = document.getElementById(id);
  const entries = logEntries(log);
  panel.clock = clockOf(panel.zone, panel.start, panel.start + panel.end);
  panel.times = panel.times.map((time) => panel.start + time);
  const group = panel.charts.length > 0 ? makeGroup(section, panel, id) : null;
  const entryHolder = section.querySelector("[data-entry]");
  if (!entryHolder) return;
  let lane = null;
  let table = null;
  const choose = (number) => {
    showEntry(entryHolder, entries[number], panel.clock, panel.start);
    table.choose(number);
    if (lane) lane.choose(number);
    if (group) group.pointAt(panel.start + entries[number].at);
  };
  const laneHolder = section.querySelector("[data-lane]");
  if (group) {
    lane = makeLane(laneHolder, entries, panel, id, group, choose);
    laneHolder.after(laneKey(entries));
  } else {
    laneHolder.remove();
  }
  table = makeLogTable(section.querySelector("[data-table]"), entries, log.left_out, panel.clock, panel.start, choose);
}

function startExperiment({ cloud, dots, fans }) {
  const started = { scatter: startScatter, heat: startHeat };
  for (const [id, start] of Object.entries(started)) {
    const holder = document.getElementById(id);
    if (cloud && holder) start(holder, cloud);
  }
  const table = document.querySelector("[data-points]");
  if (cloud && table) startPointTable(table, cloud);
  for (const one of dots || []) startDots(document.getElementById(one.id), one);
  for (const one of fans || []) startFan(document.getElementById(one.id), one);
  for (const button of document.querySelectorAll("[data-copy]")) startPaste(button);
}

// On a phone the log would push everything below it far away.
if (innerWidth <= 640) for (const fold of document.querySelectorAll("[data-fold]")) fold.open = false;

startTheme();
const data = pageData();
for (const service of data.services || []) startService(service);
startExperiment(data);
document.documentElement.dataset.ready = "yes";
