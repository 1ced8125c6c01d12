// What holds for every page, whatever it shows.

/** The least contrast of any text with its ground, and that text. */
function leastContrast() {
  const luminance = ([red, green, blue]) => {
    const part = (value) => (value <= 10.31 ? value / 3294.6 : ((value / 255 + 0.055) / 1.055) ** 2.4);
    return 0.2126 * part(red) + 0.7152 * part(green) + 0.0722 * part(blue);
  };
  const numbers = (text) => text.match(/[\d.]+/g).map(Number);
  const ground = (element) => {
    for (let at = element; at; at = at.parentElement) {
      const colour = numbers(getComputedStyle(at).backgroundColor);
      if (colour.length === 3 || colour[3] === 1) return colour;
    }
    return [255, 255, 255];
  };
  let least = { contrast: 21, text: "" };
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const element = node.parentElement;
    const box = element.getBoundingClientRect();
    if (!node.textContent.trim() || box.width < 2 || ["SCRIPT", "STYLE", "NOSCRIPT"].includes(element.tagName)) continue;
    const [ink, below] = [luminance(numbers(getComputedStyle(element).color)), luminance(ground(element))];
    const contrast = (Math.max(ink, below) + 0.05) / (Math.min(ink, below) + 0.05);
    if (contrast < least.contrast) least = { contrast, text: node.textContent.trim().slice(0, 60) };
  }
  return least;
}

export async function onEveryPage(tab, holds, { width, colorScheme, page }) {
  const seen = await tab.evaluate(() => ({
    wide: document.documentElement.scrollWidth,
    policy: document.querySelector('meta[http-equiv="Content-Security-Policy"]')?.content ?? "",
    outside: [...document.querySelectorAll("[src],[href]")].filter((one) => !(one.getAttribute("href") ?? "x").startsWith("#")).length,
    harmed: window.harmed,
    images: document.images.length,
    headings: [...document.querySelectorAll("h1,h2,h3")].map((heading) => Number(heading.tagName[1])),
    unnamed: [...document.querySelectorAll("button,input,select,table,[tabindex]")].filter((one) => {
      const name = one.getAttribute("aria-label") || one.labels?.[0]?.textContent || one.caption?.textContent || one.textContent;
      return !name?.trim();
    }).length,
    landmarks: ["header", "main", "footer"].filter((name) => document.querySelector(name) === null),
    title: document.querySelector("h1")?.textContent,
    scheme: getComputedStyle(document.body).backgroundColor,
  }));
  holds("is no wider than the window", seen.wide <= width, `${seen.wide} px`);
  holds("forbids every load", seen.policy.startsWith("default-src 'none'") && !seen.policy.includes("http"));
  holds("runs and shows only what the policy knows by its hash", !seen.policy.includes("unsafe") && seen.policy.includes("script-src 'sha256-"), seen.policy);
  holds("names nothing outside of itself", seen.outside === 0);
  holds("no text became markup", seen.harmed === undefined && seen.images === 0);
  holds("begins with a heading of the first level", seen.headings[0] === 1 || page.name === "two-runs");
  holds("skips no level of headings", seen.headings.every((level, at) => at === 0 || level <= seen.headings[at - 1] + 1));
  holds("has a name for everything that can be used", seen.unnamed === 0, `${seen.unnamed}`);
  holds("has its landmarks", seen.landmarks.length === 0, seen.landmarks.join());
  if (page.title) holds("shows the name as text", seen.title === page.title, seen.title);
  holds("follows the system's theme", (seen.scheme === "rgb(255, 255, 255)") === (colorScheme === "light"), seen.scheme);
  const least = await tab.evaluate(leastContrast);
  holds("has a contrast of 4.5 at least", least.contrast >= 4.5, `${least.contrast.toFixed(2)}: ${least.text}`);
  await themes(tab, holds, colorScheme);
  await print(tab, holds);
}

async function themes(tab, holds, colorScheme) {
  const ground = () => tab.evaluate(() => getComputedStyle(document.body).backgroundColor);
  const before = await ground();
  const other = colorScheme === "light" ? "dark" : "light";
  for (let press = 0; press < 3; press += 1) {
    await tab.click("#theme");
    if ((await tab.textContent("[data-theme-name]")) === other) break;
  }
  holds("the button changes the theme", (await ground()) !== before);
  while ((await tab.textContent("[data-theme-name]")) !== "automatic") await tab.click("#theme");
  holds("the button goes back to the system's theme", (await ground()) === before);
}

async function print(tab, holds) {
  await tab.emulateMedia({ media: "print" });
  const ground = await tab.evaluate(() => getComputedStyle(document.body).backgroundColor);
  holds("prints on white", ground === "rgb(255, 255, 255)", ground);
  const [wide, least] = await tab.evaluate(() => {
    const canvases = [...document.querySelectorAll(".plot canvas, .lane canvas")].map((one) => one.getBoundingClientRect());
    return [Math.max(0, ...canvases.map((box) => box.right)) <= innerWidth, Math.min(999, ...canvases.map((box) => box.width))];
  });
  holds("prints whole charts", wide && least > 150, `${least} px`);
  const pdf = await tab.pdf({ format: "A4" });
  holds("prints", pdf.length > 20_000, `${pdf.length} B`);
  await tab.emulateMedia({ media: "screen" });
}
