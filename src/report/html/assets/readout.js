// What a drawing says of the mark below the pointer or chosen with the keyboard: a small card beside it.

/** Makes the marks of a drawing readable. `places()` gives for each mark its place {x, y, title, lines} in the order of the
 *  keyboard; `reach` is how far from a mark the pointer may be [px]. */
function makeReadout(holder, places, reach) {
  const card = element("div", { class: "readout", hidden: true });
  const ring = element("span", { class: "ring", hidden: true, "aria-hidden": "true" });
  const voice = element("span", { class: "unseen", role: "status" });
  holder.append(ring, card, voice);
  let chosen = -1;

  function hide() {
    chosen = -1;
    card.hidden = true;
    ring.hidden = true;
    delete holder.dataset.chosen;
  }

  function show(number, isSpoken) {
    const place = places()[number];
    if (!place) return;
    chosen = number;
    holder.dataset.chosen = String(number);
    card.replaceChildren(element("strong", {}, place.title), ...place.lines.map((line) => element("span", {}, line)));
    card.hidden = false;
    ring.hidden = place.ring === false;
    ring.style.left = place.x + "px";
    ring.style.top = place.y + "px";
    const room = holder.clientWidth - card.offsetWidth - 4;
    const beside = place.x + 14 <= room ? place.x + 14 : place.x - 14 - card.offsetWidth;
    card.style.left = Math.max(0, Math.min(room, beside)) + "px";
    const lowest = holder.clientHeight - card.offsetHeight;
    const below = beside >= 0 ? place.y - card.offsetHeight / 2 : place.y + 16;
    card.style.top = Math.max(0, Math.min(Math.max(0, lowest), below)) + "px";
    if (isSpoken) voice.textContent = [place.title, ...place.lines].join(". ");
  }

  function nearest(event) {
    const box = holder.getBoundingClientRect();
    const [x, y] = [event.clientX - box.left, event.clientY - box.top];
    let best = -1;
    let least = reach * reach;
    places().forEach((place, number) => {
      const across = Math.max(0, Math.abs(place.x - x) - (place.wide || 0));
      const along = Math.max(0, Math.abs(place.y - y) - (place.high || 0));
      const far = across * across + along * along;
      // Of marks on top of each other the last is seen.
      if (far <= least) {
        least = far;
        best = number;
      }
    });
    return best;
  }

  const point = (event) => {
    const number = nearest(event);
    if (number >= 0) show(number, false);
    else hide();
  };
  holder.addEventListener("pointermove", point);
  holder.addEventListener("pointerdown", point);
  holder.addEventListener("pointerleave", hide);
  holder.addEventListener("blur", hide);
  holder.addEventListener("keydown", (event) => {
    const last = places().length - 1;
    const next = {
      ArrowRight: Math.min(last, chosen + 1),
      ArrowDown: Math.min(last, chosen + 1),
      ArrowLeft: Math.max(0, chosen - 1),
      ArrowUp: Math.max(0, chosen - 1),
      Home: 0,
      End: last,
    }[event.key];
    if (event.key === "Escape") hide();
    else if (next === undefined || last < 0) return;
    else show(next, true);
    event.preventDefault();
  });
  return { hide };
}

