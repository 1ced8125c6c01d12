// What holds for pages of runs: their charts, the cursor and the zoom that they share, and the decision log.

import { eventually } from "./duty.mjs";

/** Colours of a canvas, coarsely, with how many pixels have each; greys are left out. */
function colours(canvas) {
  const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
  const found = {};
  for (let at = 0; at < data.length; at += 4) {
    const [red, green, blue, alpha] = data.subarray(at, at + 4);
    if (alpha < 200 || Math.max(red, green, blue) - Math.min(red, green, blue) < 70) continue;
    const key = [red, green, blue].map((part) => part >> 6).join();
    found[key] = (found[key] ?? 0) + 1;
  }
  return found;
}

const coloursOf = (tab, selector) => tab.$eval(`${selector} canvas`, colours);
const ranges = (tab, service) =>
  tab.$$eval(`#${service} .plot, #${service} .lane`, (plots) => plots.map((plot) => `${plot.dataset.from} to ${plot.dataset.to}`));
const span = (range) => range.split(" to ").reduce((from, to) => to - from);

export async function onRunPages(tab, holds, page) {
  const services = await tab.$$eval("[data-service]", (sections) => sections.map((section) => section.id));
  for (const service of services) {
    const plots = await tab.$$eval(`#${service} .plot`, (all) => all.map((plot) => plot.id));
    const ends = ["demand", "cpu", "latency", "cost"].map((end) => `${service}-${end}`);
    holds("has the four charts of every service", ends.every((id) => plots.includes(id)), `${plots}`);
    const metrics = plots.filter((id) => !ends.includes(id));
    holds("further charts are of metrics of policies", metrics.every((id) => id.includes("-metric")), `${metrics}`);
    if (page.metrics !== undefined) holds("has a chart of each further metric", metrics.length === page.metrics, `${metrics}`);
    for (const plot of plots) {
      const drawn = Object.values(await coloursOf(tab, `#${plot}`)).filter((count) => count > 30);
      holds("a chart is drawn", drawn.length >= (plot.endsWith("-demand") ? 2 : 1), `${plot}: ${drawn}`);
    }
  }
  const [service] = services;
  if (page.rows) {
    const rows = await tab.evaluate(() => JSON.parse(document.getElementById("data").textContent).services[0].panel.times.length);
    holds("carries every minute", rows === page.rows, `${rows}`);
  }
  await zoom(tab, holds, service);
  await keys(tab, holds, service);
  await legend(tab, holds, service);
  if (await tab.$(`#${service} .lane`)) await log(tab, holds, service);
  const button = `[data-log-scale="${service}-latency"]`;
  const isLogarithmic = async () => (await tab.getAttribute(`#${service}-latency`, "data-logarithmic")) === "yes";
  const before = await isLogarithmic();
  holds("the button says whether the axis is logarithmic", ((await tab.getAttribute(button, "aria-pressed")) === "true") === before);
  for (const wished of [!before, before]) {
    await tab.click(button);
    const drawn = Object.values(await coloursOf(tab, `#${service}-latency`)).filter((count) => count > 30);
    holds("an axis can be logarithmic, or linear, and the lines stay", (await isLogarithmic()) === wished && drawn.length > 0, `${drawn}`);
  }
}

async function zoom(tab, holds, service) {
  const whole = await ranges(tab, service);
  holds("all charts show the same time at first", new Set(whole).size === 1, `${whole}`);
  const over = tab.locator(`#${service}-demand .u-over`);
  await over.scrollIntoViewIfNeeded();
  const box = await over.boundingBox();
  const before = await coloursOf(tab, `#${service}-cost`);
  await tab.mouse.move(box.x + box.width * 0.4, box.y + 60);
  await tab.mouse.down();
  await tab.mouse.move(box.x + box.width * 0.6, box.y + 70, { steps: 5 });
  await tab.mouse.up();
  const zoomed = await ranges(tab, service);
  const share = span(zoomed[0]) / span(whole[0]);
  holds("a drag zooms every chart to the same time", new Set(zoomed).size === 1 && Math.abs(share - 0.2) < 0.02, `${zoomed}`);
  const isNew = async () => JSON.stringify(before) !== JSON.stringify(await coloursOf(tab, `#${service}-cost`));
  holds("a zoom draws the others anew", await eventually(isNew));
  await tab.click(`#${service} [data-do="out"]`);
  const wider = await ranges(tab, service);
  holds("the button zooms out", span(wider[0]) > span(zoomed[0]) && new Set(wider).size === 1, `${wider}`);
  await tab.dblclick(`#${service}-cpu .u-over`);
  holds("a double click shows the whole run", (await ranges(tab, service)).join() === whole.join());
}

async function keys(tab, holds, service) {
  const whole = await ranges(tab, service);
  await tab.focus(`#${service}-cpu`);
  const cursor = () => tab.getAttribute(`#${service}`, "data-cursor");
  await tab.keyboard.press("ArrowRight");
  const first = await cursor();
  await tab.keyboard.press("ArrowRight");
  const second = await cursor();
  holds("arrow keys move the cursor", first !== null && Number(second) > Number(first), `${first}, ${second}`);
  const values = await tab.$$eval(`#${service} [data-legend] output`, (all) => all.filter((one) => one.textContent !== "").length);
  holds("the cursor shows the values in every legend", values >= 8, `${values}`);
  await tab.keyboard.press("+");
  const closer = await ranges(tab, service);
  holds("+ zooms in", Math.abs(span(closer[0]) / span(whole[0]) - 0.5) < 0.02 && new Set(closer).size === 1, `${closer}`);
  await tab.keyboard.press("0");
  holds("0 shows the whole run", (await ranges(tab, service)).join() === whole.join());
}

async function legend(tab, holds, service) {
  const sum = async () => Object.values(await coloursOf(tab, `#${service}-cpu`)).reduce((all, count) => all + count, 0);
  const button = tab.locator(`[data-legend="${service}-cpu"] button`).first();
  const before = await sum();
  await button.click();
  const isLess = await eventually(async () => (await sum()) < before * 0.9);
  const without = await sum();
  holds("a line can be hidden", isLess && (await button.getAttribute("aria-pressed")) === "false", `${before}, ${without}`);
  await button.click();
  holds("and shown again", await eventually(async () => (await sum()) > without));
}

/** Where a mark of the lane is, in the window: the middle of a run of coloured pixels. */
function someMark(canvas) {
  const { width, height } = canvas;
  const { data } = canvas.getContext("2d").getImageData(0, 0, width, height);
  const box = canvas.getBoundingClientRect();
  for (let y = 8; y < height - 40; y += 1) {
    for (let x = 80; x < width; x += 1) {
      const at = (y * width + x) * 4;
      const [red, green, blue, alpha] = data.subarray(at, at + 4);
      if (alpha > 200 && Math.max(red, green, blue) - Math.min(red, green, blue) > 70) {
        return { x: box.left + (x / width) * box.width, y: box.top + (y / height) * box.height + 3 };
      }
    }
  }
  return null;
}

async function log(tab, holds, service) {
  const entry = `[data-entry="${service}"]`;
  const arithmetic = () => tab.$eval(entry, (panel) => panel.querySelector(".arithmetic")?.textContent ?? "");
  const reasons = await tab.evaluate(() => JSON.parse(document.getElementById("data").textContent).services[0].log.reason);
  await tab.locator(`#${service} .lane`).scrollIntoViewIfNeeded();
  const mark = await tab.$eval(`#${service} .lane canvas`, someMark);
  holds("the lane has marks", mark !== null);
  if (mark) {
    await tab.mouse.click(mark.x, mark.y);
    holds("a click on a mark shows its arithmetic", reasons.includes(await arithmetic()), await arithmetic());
  }
  await tab.focus(`#${service} .lane`);
  await tab.keyboard.press("Home");
  const before = await tab.getAttribute(entry, "data-number");
  await tab.keyboard.press("ArrowRight");
  await tab.keyboard.press("Enter");
  const after = await tab.getAttribute(entry, "data-number");
  holds("Enter shows the next entry", after !== null && after !== before && reasons.includes(await arithmetic()), `${before}, ${after}`);
  const rows = () => tab.$$eval(`#${service} [data-entry-row]`, (all) => all.length);
  const all = await rows();
  await tab.click(`#${service} [data-entry-row] button`);
  const told = await tab.$eval(`#${service} tr.detail .arithmetic`, (line) => line.textContent);
  holds("a row opens its details", reasons.includes(told), told);
  await tab.fill(`#${service} input[type="search"]`, "nothing says this");
  holds("the log can be searched", (await eventually(async () => (await rows()) === 0)) && all > 0, `${all}`);
  await tab.fill(`#${service} input[type="search"]`, "");
  holds("and shows everything again", await eventually(async () => (await rows()) === all));
}
