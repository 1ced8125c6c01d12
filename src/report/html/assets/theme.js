// Light, dark, or as the system wishes; and the colours of the styles for canvases, which know no custom properties.

const THEMES = ["automatic", "light", "dark"];
const themeListeners = [];
let colourCache = {};
let colourProbe = null;

/** The colour of that name in the present theme. */
function colour(name) {
  if (!(name in colourCache)) {
    if (!colourProbe) {
      colourProbe = element("span", { hidden: true, "aria-hidden": "true" });
      document.body.append(colourProbe);
    }
    colourProbe.style.color = "var(--" + name + ")";
    colourCache[name] = getComputedStyle(colourProbe).color;
  }
  return colourCache[name];
}

/** The colour, as transparent as `opacity` says. */
function tinted(name, opacity) {
  const numbers = colour(name).match(/[\d.]+/g).slice(0, 3);
  return "rgba(" + numbers.join(",") + "," + opacity + ")";
}

/** `listener` is called when the colours have changed. */
function onTheme(listener) {
  themeListeners.push(listener);
}

function themeChanged() {
  colourCache = {};
  for (const listener of themeListeners) listener();
}

/** The theme that was chosen before; a page from disk may have no place to remember one. */
function rememberedTheme() {
  try {
    return localStorage.getItem("windtunnel-theme");
  } catch (refused) {
    return null;
  }
}

function setTheme(theme) {
  const root = document.documentElement;
  if (theme === "automatic") root.removeAttribute("data-theme");
  else root.setAttribute("data-theme", theme);
  document.querySelector("[data-theme-name]").textContent = theme;
  try {
    localStorage.setItem("windtunnel-theme", theme);
  } catch (refused) {
    // Then it holds for as long as the page is open.
  }
  themeChanged();
}

function startTheme() {
  const button = document.getElementById("theme");
  button.hidden = false;
  const remembered = rememberedTheme();
  let now = THEMES.includes(remembered) ? remembered : "automatic";
  if (now !== "automatic") setTheme(now);
  button.addEventListener("click", () => {
    now = THEMES[(THEMES.indexOf(now) + 1) % THEMES.length];
    setTheme(now);
  });
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", themeChanged);
  matchMedia("print").addEventListener("change", themeChanged);
}

