// The decision log: the entry that was chosen with its arithmetic, and all entries as a table that can be filtered.

const LOG_PAGE = 100;

/** The entries of a log, put together from its columns. */
function logEntries(log) {
  const word = (words, number) => words.words[words.at[number]];
  return log.reason.map((reason, number) => ({
    number,
    reason,
    at: log.at[number],
    until: log.until[number],
    times: log.times[number],
    kind: word(log.kind, number),
    policy: word(log.policy, number),
    alarmState: word(log.alarm_state, number),
    metric: word(log.metric, number),
    outcome: word(log.outcome, number),
    value: log.value[number],
    threshold: log.threshold[number],
    datapoints: log.datapoints[number],
    running: log.running[number],
    proposed: log.proposed[number],
    before: log.before[number],
    after: log.after[number],
  }));
}

const changedSomething = (entry) => entry.kind !== "policy" || entry.before !== entry.after;

function changeText(entry) {
  if (entry.before === entry.after) return "stays at " + entry.after;
  const step = entry.after - entry.before;
  return entry.before + " → " + entry.after + " (" + (step > 0 ? "+" : "−") + Math.abs(step) + ")";
}

/** How often in a row, where it was more than once. */
const timesText = (entry, clock, start) => (entry.times > 1 ? grouped(String(entry.times)) + " times, until " + clock.full(start + entry.until) : "");

/** `scaled_out` → `scaled out`; AWS's own words stay. */
const outcomeText = (outcome) => outcome.replace(/_/g, " ");

/** Shows one entry with everything that is known of it. */
function showEntry(holder, entry, clock, start) {
  const details = [
    ["Repeated", timesText(entry, clock, start)],
    ["Metric", entry.metric],
    ["Value", entry.value],
    ["Threshold", entry.threshold],
    ["Datapoints", entry.datapoints],
    ["Running tasks", entry.running],
    ["Proposed", entry.proposed],
    ["Desired count", changeText(entry)],
  ].filter(([, value]) => value !== null && value !== undefined && value !== "");
  const head = element(
    "p",
    { class: "entry-head" },
    element("strong", {}, clock.full(start + entry.at)),
    element("span", {}, [entry.kind, entry.policy].filter(Boolean).join(" · ")),
    element("span", {}, outcomeText(entry.outcome)),
  );
  const list = element("dl", {});
  for (const [name, value] of details) list.append(element("div", {}, element("dt", {}, name), element("dd", {}, value)));
  holder.replaceChildren(head, element("p", { class: "arithmetic" }, entry.reason), list);
  holder.dataset.number = String(entry.number);
}

function logRow(entry, clock, start) {
  const when = element("button", { type: "button" }, clock.full(start + entry.at));
  return element(
    "tr",
    { "data-entry-row": String(entry.number) },
    element("td", { class: "when" }, when),
    element("td", { class: "word" }, [entry.kind, entry.policy].filter(Boolean).join(" · ")),
    element("td", { class: "word" }, outcomeText(entry.outcome) + (entry.times > 1 ? " (" + grouped(String(entry.times)) + " times)" : "")),
    element("td", { class: "word" }, entry.before === entry.after ? String(entry.after) : changeText(entry)),
    element("td", { class: "reason" }, entry.reason),
  );
}

/** The table with its filters; `choose(number)` is called for the row that is chosen. */
function makeLogTable(holder, entries, leftOut, clock, start, choose) {
  const unchanged = entries.filter((entry) => !changedSomething(entry)).length;
  const kinds = [...new Set(entries.map((entry) => entry.kind))];
  const search = element("input", { type: "search", placeholder: "such as cooling down, +7" });
  const kind = element("select", {}, element("option", { value: "" }, "all"));
  for (const name of kinds) kind.append(element("option", { value: name }, name));
  const every = element("input", { type: "checkbox" });
  const filters = element(
    "div",
    { class: "filters", role: "group", "aria-label": "Filters of the decision log" },
    element("label", {}, "Search ", search),
    element("label", {}, "Kind ", kind),
  );
  if (unchanged > 0 && unchanged < entries.length) filters.append(element("label", {}, every, " also what changed nothing (" + grouped(String(unchanged)) + ")"));
  else every.checked = true;
  const body = element("tbody", {});
  const heads = ["Time", "What", "Outcome", "Desired", "Why"].map((name) => element("th", { scope: "col" }, name));
  const table = element("table", {}, element("caption", { class: "unseen" }, "Decision log"), element("thead", {}, element("tr", {}, ...heads)), body);
  const count = element("span", { role: "status" });
  const more = element("button", { type: "button" }, "Show more");
  let found = entries;
  let shown = 0;

  function grow() {
    const next = found.slice(shown, shown + LOG_PAGE);
    body.append(...next.map((entry) => logRow(entry, clock, start)));
    shown += next.length;
    more.hidden = shown >= found.length;
    const rest = leftOut > 0 ? "; " + grouped(String(leftOut)) + " more are in decisions.csv, those that changed nothing first" : "";
    count.textContent = found.length === 0 ? "No entry matches." : grouped(String(shown)) + " of " + grouped(String(found.length)) + " shown" + rest;
  }

  function filter() {
    const words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
    found = entries.filter((entry) => {
      if (!every.checked && !changedSomething(entry)) return false;
      if (kind.value && entry.kind !== kind.value) return false;
      const text = [entry.kind, entry.policy, outcomeText(entry.outcome), entry.outcome, entry.metric, entry.reason, changeText(entry)].join(" ").toLowerCase();
      return words.every((word) => text.includes(word));
    });
    shown = 0;
    body.replaceChildren();
    grow();
  }

  search.addEventListener("input", onceAFrame(filter));
  kind.addEventListener("change", filter);
  every.addEventListener("change", filter);
  more.addEventListener("click", grow);
  body.addEventListener("click", (event) => {
    const row = event.target.closest("[data-entry-row]");
    if (row) choose(Number(row.dataset.entryRow));
  });
  holder.append(filters, element("div", { class: "scroll" }, table), element("p", { class: "more" }, more, count));
  filter();
  return {
    /** Marks the row of the chosen entry, where it is shown. */
    choose: (number) => {
      for (const row of body.querySelectorAll(".chosen")) row.classList.remove("chosen");
      for (const row of body.querySelectorAll(".detail")) row.remove();
      const row = body.querySelector('[data-entry-row="' + number + '"]');
      if (!row) return;
      row.classList.add("chosen");
      const holder = element("div", { class: "entry" });
      showEntry(holder, entries[number], clock, start);
      row.after(element("tr", { class: "detail" }, element("td", { colspan: "5" }, holder)));
    },
  };
}

