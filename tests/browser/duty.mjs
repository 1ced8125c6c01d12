// What has to hold, and what did not.

let kept = 0;
const broken = [];

/** A judge for one view of one page: `holds(what, whether, detail)`. */
export function duty(where) {
  return (what, whether, detail = "") => {
    if (whether) kept += 1;
    else broken.push(`${where}: ${what}${detail === "" ? "" : ` (${detail})`}`);
  };
}

/** Prints what did not hold and ends the program. */
duty.finish = () => {
  for (const line of broken) console.error(`FAILED  ${line}`);
  console.log(`${kept} held, ${broken.length} did not`);
  process.exit(broken.length > 0 ? 1 : 0);
};

/** Whether it becomes so within a few seconds: what is drawn comes a frame after what was done, on a busy machine later. */
export async function eventually(check) {
  for (const end = performance.now() + 5_000; performance.now() < end; ) {
    if (await check()) return true;
    await new Promise((done) => setTimeout(done, 30));
  }
  return false;
}

/** Waits until nothing on the page has moved for some frames: a drawing is made again a frame after its place has changed. */
export const settled = (tab) =>
  tab.evaluate(async () => {
    const places = () =>
      JSON.stringify(
        [...document.querySelectorAll("canvas, svg, section")].map((one) => {
          const box = one.getBoundingClientRect();
          return [box.left, box.top + scrollY, box.width, box.height];
        }),
      );
    let before = "";
    for (let still = 0, frame = 0; still < 6 && frame < 300; frame += 1) {
      await new Promise((done) => requestAnimationFrame(() => setTimeout(done, 10)));
      const now = places();
      still = now === before ? still + 1 : 0;
      before = now;
    }
  });
