// Opens every kind of report in a real browser, from disk and without a network, and uses it as a reader would.
//
//   node report.mjs WINDTUNNEL SHOTS
//
// WINDTUNNEL is the program, SHOTS the folder for the screenshots (both themes, 1280 and 390 px). Exit code 1: something
// does not hold; every failure is printed with the page it was on.

import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { chromium } from "playwright-core";

import { duty, settled } from "./duty.mjs";
import { onComparePage, onForecastPage, onOptimizePage, onSweepPage } from "./experiment-page.mjs";
import { onEveryPage } from "./every-page.mjs";
import { onRunPages } from "./run-page.mjs";

const [binary, shots] = process.argv.slice(2).map((path) => resolve(path));
if (!binary || !shots) {
  console.error("usage: node report.mjs WINDTUNNEL SHOTS");
  process.exit(2);
}
const scenarios = fileURLToPath(new URL("../../scenarios/", import.meta.url));
const work = mkdtempSync(join(tmpdir(), "windtunnel-browser-"));
mkdirSync(shots, { recursive: true });

/** Runs the program; a check that fails (exit code 1) is a result too. */
function windtunnel(...args) {
  const done = spawnSync(binary, args, { encoding: "utf8", cwd: work });
  if (done.status !== 0 && done.status !== 1) throw new Error(`windtunnel ${args.join(" ")}: ${done.stderr || done.error}`);
}

/** A run of a scenario file; its page. */
function run(name, scenario, ...more) {
  windtunnel("run", scenario, "--quiet", "--out", name, ...more);
  return join(work, name, "report.html");
}

/** A scenario whose every free text tries to be something else, with a service without policies. */
const HOSTILE_NAME = '<img src=x onerror="window.harmed=1">';
const HOSTILE = `schema = 1
name = '${HOSTILE_NAME}'
description = "=cmd()|</script><script>window.harmed=1</script>&amp;\\u2028<!--"
horizon = "3h"
[service.-shop.traffic]
shape = [{ constant = { rate = 20.0 } }, { step = { at = "1h", rate = 60.0 } }]
[service.-shop.request]
cpu_time = "30ms"
[service.-shop.scaling]
min_capacity = 2
max_capacity = 8
[service.-shop.scaling.target_tracking.cpu]
metric = "ECSServiceAverageCPUUtilization"
target_value = 50.0
scale_out_cooldown = "60s"
scale_in_cooldown = "300s"
[service.quiet.traffic]
shape = [{ constant = { rate = 1.0 } }]
[service.quiet.request]
cpu_time = "5ms"
[service.quiet.scaling]
min_capacity = 1
max_capacity = 1
[checks]
p95_response_time = "< 20ms"
availability = ">= 99%"
`;

/** An hour with a step, small enough to try many settings; it is called what no page may take for markup. */
const HOUR = `schema = 1
name = '${HOSTILE_NAME}'
horizon = "1h"
[service.shop.traffic]
shape = [{ constant = { rate = 20.0 } }, { step = { at = "20m", rate = 60.0 } }]
[service.shop.request]
cpu_time = "30ms"
[service.shop.scaling]
min_capacity = 2
max_capacity = 12
[service.shop.scaling.target_tracking.cpu]
metric = "ECSServiceAverageCPUUtilization"
target_value = 50.0
[checks]
p95_response_time = "< 400ms"
availability = ">= 99%"
`;
const TARGET = "service.shop.scaling.target_tracking.cpu.target_value";
const LEAST = "service.shop.scaling.min_capacity";

/** What an experiment with that hour leaves; its page. */
function experiment(command, name, ...more) {
  writeFileSync(join(work, "hour.toml"), HOUR);
  windtunnel(command, "hour.toml", "--quiet", "--out", name, ...more);
  return join(work, name, "report.html");
}

/** The pages, each made when its turn comes. */
const PAGES = [
  { name: "flash-sale", make: () => run("flash-sale", join(scenarios, "flash-sale.toml")), checks: onRunPages },
  {
    name: "requests-per-target",
    make: () => run("requests-per-target", join(scenarios, "requests-per-target.toml")),
    checks: onRunPages,
    // The metric of its policy has a chart of its own.
    metrics: 1,
  },
  { name: "rough-day", make: () => run("rough-day", join(scenarios, "rough-day.toml")), checks: onRunPages },
  {
    name: "month",
    make: () => run("month", join(scenarios, "month-fluid.toml")),
    checks: onRunPages,
    // 30 days at one minute; the limit is ours for the machine that runs this.
    opensWithin: 2000,
    rows: 43_200,
  },
  {
    name: "hostile",
    make: () => {
      writeFileSync(join(work, "hostile.toml"), HOSTILE);
      return run("hostile", "hostile.toml");
    },
    checks: onRunPages,
    title: HOSTILE_NAME,
  },
  {
    name: "replicated",
    make: () => run("replicated", join(scenarios, "two-policies.toml"), "--replications", "3"),
    checks: onRunPages,
  },
  {
    name: "two-runs",
    make: () => {
      windtunnel("report", "rough-day", "hostile", "--out", "two-runs.html");
      return join(work, "two-runs.html");
    },
    checks: onRunPages,
  },
  {
    name: "compare",
    make: () =>
      experiment("compare", "compare", "--replications", "4", "--variant", `<b>tight</b></script>: ${TARGET}=35`, "--variant", `three: ${LEAST}=3`),
    checks: onComparePage,
    marks: 3,
  },
  {
    name: "sweep",
    make: () => experiment("sweep", "sweep", "--axis", `${TARGET}=30..80:10`, "--axis", `${LEAST}=1..4:1`, "--replications", "2"),
    checks: onSweepPage,
    title: HOSTILE_NAME,
    marks: 24,
  },
  {
    name: "optimize",
    make: () => experiment("optimize", "optimize", "--axis", `${TARGET}=30..80:10`, "--axis", `${LEAST}=1,2,3`, "--replications", "10"),
    checks: onOptimizePage,
    title: HOSTILE_NAME,
    marks: 18,
  },
  {
    name: "forecast",
    make: () => {
      writeFileSync(join(work, "bills.csv"), "month,usd\n2026-04,260\n2026-05,270\n");
      windtunnel("forecast", join(scenarios, "web.toml"), "--quiet", "--out", "forecast", "--months", "6", "--replications", "8", "--fidelity", "fluid", "--actuals", "bills.csv");
      return join(work, "forecast", "report.html");
    },
    checks: onForecastPage,
    marks: 6,
    bills: 2,
  },
];

async function open(browser, page, options) {
  const context = await browser.newContext({ ...options, offline: true });
  const tab = await context.newPage();
  const faults = [];
  tab.on("console", (message) => {
    // Reading pixels back is what this program does, not the page.
    const isOurs = message.text().includes("willReadFrequently");
    if (["error", "warning"].includes(message.type()) && !isOurs) faults.push(`console: ${message.text()}`);
  });
  tab.on("pageerror", (error) => faults.push(`error: ${error.stack}`));
  tab.on("request", (request) => {
    if (!/^(file|data|blob):/.test(request.url())) faults.push(`request: ${request.url()}`);
  });
  await context.route(/^https?:/, (route) => route.abort());
  const begun = performance.now();
  await tab.goto(pathToFileURL(page.file).href);
  await tab.waitForFunction(() => document.documentElement.dataset.ready === "yes", null, { timeout: 30_000 });
  await tab.evaluate(() => new Promise((done) => requestAnimationFrame(() => setTimeout(done, 0))));
  return { context, tab, faults, opened: performance.now() - begun };
}

/** How long the page takes to open once more, in the same window as the first time [ms]. */
async function reopened(browser, page) {
  const view = await open(browser, page, { viewport: { width: 1280, height: 900 }, colorScheme: "light" });
  await view.context.close();
  return view.opened;
}

/** The least of so many measures: what else the machine does only ever adds to one. */
async function leastOf(count, first, measure) {
  let least = first;
  for (let done = 1; done < count; done += 1) least = Math.min(least, await measure());
  return least;
}

async function see(browser, page) {
  for (const width of [1280, 390]) {
    for (const colorScheme of ["light", "dark"]) {
      const view = await open(browser, page, { viewport: { width, height: 900 }, colorScheme });
      const at = `${page.name}, ${width} px, ${colorScheme}`;
      const holds = duty(at);
      await view.tab.screenshot({ path: join(shots, `${page.name}-${width}-${colorScheme}.png`), fullPage: true });
      await onEveryPage(view.tab, holds, { width, colorScheme, page });
      if (width === 1280 && colorScheme === "light") {
        const opened = page.opensWithin ? await leastOf(3, view.opened, () => reopened(browser, page)) : view.opened;
        if (page.opensWithin) holds("opens in time", opened < page.opensWithin, `${Math.round(opened)} ms`);
        console.log(`${page.name}: opened in ${Math.round(opened)} ms, ${Math.round(readFileSync(page.file).length / 1000)} kB`);
        await settled(view.tab);
        await page.checks(view.tab, holds, page);
      }
      for (const fault of view.faults) holds("is quiet and stays off the network", false, fault);
      await view.context.close();
    }
  }
}

const browser = await chromium.launch({ executablePath: process.env.CHROMIUM || "/usr/bin/chromium", args: ["--no-sandbox"] });
try {
  for (const page of PAGES) {
    page.file = page.make();
    await see(browser, page);
  }
} finally {
  await browser.close();
  rmSync(work, { recursive: true, force: true });
}
duty.finish();
