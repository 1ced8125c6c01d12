// Puts the page together. The data holds `services`: for each the element that holds it, its panel of charts and its log.

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

startTheme();
for (const service of pageData().services || []) startService(service);
document.documentElement.dataset.ready = "yes";
