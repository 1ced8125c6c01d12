// What holds for pages of experiments: their drawings, what these say of a mark, their tables and what can be copied.

import { eventually } from "./duty.mjs";

/** The words that a drawing shows beside the chosen mark. */
const card = (tab, id) => tab.$eval(`#${id} .readout`, (one) => (one.hidden ? "" : one.textContent));

/** The middle of a mark of a drawing, in the window. */
const middleOf = (tab, selector) =>
  tab.$eval(selector, (mark) => {
    mark.scrollIntoView({ block: "center" });
    const box = mark.getBoundingClientRect();
    return { x: box.left + box.width / 2, y: box.top + box.height / 2 };
  });

async function readable(tab, holds, id, mark, expected) {
  const isShown = async () => {
    const at = await middleOf(tab, `#${id} ${mark}`);
    // A pointer that comes while the window scrolls is over something else; a reader moves it again.
    await tab.mouse.move(at.x + 1, at.y);
    await tab.mouse.move(at.x, at.y);
    return (await card(tab, id)) !== "";
  };
  await eventually(isShown);
  holds(`${id}: the pointer shows a value`, expected.test(await card(tab, id)), await card(tab, id));
  await tab.mouse.move(2, 2);
  holds(`${id}: and leaves none behind`, await eventually(async () => (await card(tab, id)) === ""));
  await tab.focus(`#${id}`);
  await tab.keyboard.press("Home");
  const first = await card(tab, id);
  await tab.keyboard.press("ArrowRight");
  const second = await card(tab, id);
  holds(`${id}: arrow keys go from one to the next`, expected.test(first) && expected.test(second) && first !== second, `${first} | ${second}`);
  holds(`${id}: and are heard`, (await tab.$eval(`#${id} [role="status"]`, (voice) => voice.textContent)) !== "");
  await tab.keyboard.press("Escape");
  holds(`${id}: Escape hides it`, (await card(tab, id)) === "");
}

/** How many marks of a kind a drawing has that are inside of it and have a colour. */
const drawn = (tab, selector) =>
  tab.$$eval(selector, (marks) => {
    const seen = marks.filter((mark) => {
      const [box, frame] = [mark.getBoundingClientRect(), mark.ownerSVGElement.getBoundingClientRect()];
      const style = getComputedStyle(mark);
      const inside = box.left >= frame.left - 2 && box.right <= frame.right + 2 && box.top >= frame.top - 2 && box.bottom <= frame.bottom + 2;
      return inside && (style.fill !== "none" || style.stroke !== "none");
    });
    return [seen.length, marks.length];
  });

async function marks(tab, holds, selector, expected) {
  const [seen, all] = await drawn(tab, selector);
  holds(`${selector}: every mark is drawn`, seen === all && all === expected, `${seen} of ${all}, expected ${expected}`);
}

export async function onComparePage(tab, holds, page) {
  await marks(tab, holds, "#dots-cost .mark", page.marks);
  await marks(tab, holds, "#dots-p99 .mark", page.marks);
  await marks(tab, holds, "#scatter .marks .mark", page.marks);
  await readable(tab, holds, "dots-cost", ".mark", /USD/);
  await readable(tab, holds, "dots-p99", ".mark", /\d m?s/);
  await readable(tab, holds, "scatter", ".marks .mark", /USD.*p99/);
  await tab.click("details summary");
  holds("every figure can be unfolded", (await tab.locator("details[open] tbody tr").count()) > 10);
}

async function sortable(tab, holds) {
  const column = tab.locator("[data-points] th[aria-sort]");
  const cells = () => tab.$$eval("[data-points] tbody tr", (rows) => rows.map((row) => row.textContent));
  const before = await cells();
  holds("is sorted by cost at first", (await column.textContent()) === "Cost a month");
  await column.locator("button").click();
  holds("a heading sorts the other way", (await column.getAttribute("aria-sort")) === "descending");
  const after = await cells();
  holds("sorting moves the rows", before[0] === after[after.length - 1] || before.length >= 100, `${before[0]} | ${after[after.length - 1]}`);
  return before.length;
}

export async function onSweepPage(tab, holds, page) {
  await marks(tab, holds, "#scatter .marks .mark", page.marks);
  holds("the front is drawn", (await tab.locator("#scatter path.front").count()) === 1);
  await readable(tab, holds, "scatter", ".marks .mark", /USD.*p99/);
  await marks(tab, holds, "#heat .cell", page.marks);
  await readable(tab, holds, "heat", ".cell", /cost a month: .*USD/);
  const texts = () => tab.$$eval("#heat .cell-text", (all) => all.map((text) => text.textContent).join());
  const before = await texts();
  await tab.selectOption('[data-choices="heat"] select', { index: 1 });
  const after = await texts();
  holds("another figure can be chosen for the heat map", before !== after && after !== "", `${before} | ${after}`);
  holds("the table has every point", (await sortable(tab, holds)) === page.marks);
}

export async function onOptimizePage(tab, holds, page) {
  await marks(tab, holds, "#scatter .marks .mark", page.marks);
  holds("the recommended setting is marked", (await tab.locator("#scatter .mark-chosen").count()) === 1);
  await readable(tab, holds, "scatter", ".marks .mark", /USD.*p99/);
  holds("the table has every setting", (await sortable(tab, holds)) === page.marks);
  await tab.click('[data-copy="terraform"]');
  const told = () => tab.textContent('[data-copied="terraform"]');
  const isTold = async () => /Copied|Marked/.test(await told());
  holds("what to paste can be copied without a network", await eventually(isTold), await told());
  holds("what to paste is there", /aws_appautoscaling/.test(await tab.textContent("#terraform")));
}

export async function onForecastPage(tab, holds, page) {
  for (const id of ["fan-month", "fan-sum"]) {
    await marks(tab, holds, `#${id} .mean-dot`, page.marks);
    await marks(tab, holds, `#${id} > svg > path[class^="band"]`, 2);
    await readable(tab, holds, id, ".mean-dot", /P10 to P90: .*USD/);
  }
  holds("bills are marked", (await tab.locator("#fan-month .bill-mark").count()) === page.bills);
}
