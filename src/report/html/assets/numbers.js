// Numbers and times as people read them. The same rules as in the tables: about three digits that matter, thousands apart.

const THIN = "\u2009";

function grouped(text) {
  const [whole, rest] = text.split(".");
  const apart = whole.length > 3 ? whole.replace(/\B(?=(\d{3})+(?!\d))/g, THIN) : whole;
  return rest === undefined ? apart : apart + "." + rest;
}

function trimmed(text) {
  return text.includes(".") ? text.replace(/\.?0+$/, "") : text;
}

/** A number ≥ 0 with about three digits that matter. */
function figure(value) {
  if (value === 0) return "0";
  if (value >= 99.95) return grouped(value.toFixed(0));
  if (value >= 9.995) return trimmed(value.toFixed(1));
  if (value >= 0.00995) return trimmed(value.toFixed(2));
  return trimmed(value.toPrecision(2));
}

/** A value with its unit, for legends and the log. */
function withUnit(value, unit) {
  if (value === null || value === undefined) return "–";
  if (unit === "ms") return value >= 999.5 ? figure(value / 1000) + " s" : figure(value) + " ms";
  if (unit === "USD") return (value < 10 ? value.toFixed(3) : grouped(value.toFixed(2))) + " USD";
  if (unit === "%") return value.toFixed(1) + " %";
  if (unit === "tasks") return figure(value);
  return figure(value) + unit;
}

/** The text of a tick of an axis of this kind, given the distance of the ticks. */
function tickText(kind, value, distance) {
  if (value === null) return "";
  if (kind === "percent") return trimmed(value.toFixed(1)) + "%";
  if (kind === "millis") {
    if (value === 0) return "0";
    if (value >= 1000) return trimmed((value / 1000).toFixed(2)) + " s";
    return trimmed(value >= 1 ? value.toFixed(1) : value.toPrecision(2)) + " ms";
  }
  const decimals = Math.max(0, Math.min(6, -Math.floor(Math.log10(distance || 1))));
  if (value >= 1e6) return trimmed((value / 1e6).toFixed(2)) + " M";
  if (value >= 1e4) return trimmed((value / 1e3).toFixed(1)) + " k";
  return grouped(distance >= 1 ? trimmed(value.toFixed(2)) : value.toFixed(decimals));
}

/** The clock of a zone; UTC where the browser does not know it. Where it is put forward or back between `first` and
 *  `last`, full times say which of the two they are. */
function clockOf(zone, first, last) {
  const make = (options, timeZone) => new Intl.DateTimeFormat("en-GB", { ...options, timeZone, hourCycle: "h23" });
  let known = zone;
  try {
    make({}, zone);
  } catch (unknown) {
    known = "UTC";
  }
  const short = make({ hour: "2-digit", minute: "2-digit" }, known);
  const seconds = make({ hour: "2-digit", minute: "2-digit", second: "2-digit" }, known);
  const day = make({ day: "numeric", month: "short" }, known);
  const offset = make({ timeZoneName: "shortOffset" }, known);
  const at = (format) => (unix) => format.format(new Date(unix * 1000));
  const offsetAt = (unix) => offset.formatToParts(new Date(unix * 1000)).find((part) => part.type === "timeZoneName").value;
  const changes = offsetAt(first) !== offsetAt(last);
  return {
    zone: known,
    minute: at(short),
    second: at(seconds),
    day: at(day),
    full: (unix) => at(day)(unix) + " " + at(seconds)(unix) + (changes ? " " + offsetAt(unix) : ""),
    span: (from, to) => {
      const days = at(day)(from) !== at(day)(to);
      const text = (unix) => (days ? at(day)(unix) + " " : "") + at(short)(unix);
      return text(from) + " to " + text(to);
    },
  };
}

