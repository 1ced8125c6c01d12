// The document: elements that hold text and never markup, and the data of the page.

/** Gives an element an attribute. The policy of the page forbids styles as attributes of markup, and lets scripts set them so. */
function give(made, key, value) {
  if (key === "style") made.style.cssText = value;
  else made.setAttribute(key, value);
}

/** An element with attributes and children; a child that is a string becomes text. */
function element(name, attributes, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes || {})) {
    if (value === true) give(made, key, "");
    else if (value !== false && value !== null && value !== undefined) give(made, key, value);
  }
  for (const child of children) made.append(child instanceof Node ? child : String(child));
  return made;
}

/** The same for SVG. */
function drawing(name, attributes, ...children) {
  const made = document.createElementNS("http://www.w3.org/2000/svg", name);
  for (const [key, value] of Object.entries(attributes)) give(made, key, value);
  made.append(...children);
  return made;
}

/** The data that the page carries. */
function pageData() {
  return JSON.parse(document.getElementById("data").textContent);
}

/** Calls `work` at most once a frame, however often it is asked for. */
function onceAFrame(work) {
  let asked = false;
  return () => {
    if (asked) return;
    asked = true;
    requestAnimationFrame(() => {
      asked = false;
      work();
    });
  };
}

