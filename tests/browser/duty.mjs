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
