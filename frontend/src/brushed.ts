import { make } from "./dom";
import { readLane, type Lane } from "./lane";
import { written, type State, type Subject } from "./state";

const SHOWN = 8;
const STRETCHES = 4;

interface Opened {
  unit: number;
  inside: number;
  outside: number;
}

/** The units that were more open within the brushed range than elsewhere, and where else they were. */
export function brushedUnits(subject: Subject, state: State): HTMLElement {
  const box = make("div");
  const { layer } = subject;
  if (!state.brush) {
    box.append(make("p", { class: "soft" }, "Drag over a stretch of time, or hold Shift with the arrow keys, to find the units that were open there."));
    return box;
  }
  const first = Math.max(0, state.step(layer, state.brush[0]));
  const last = Math.min(layer.steps, state.step(layer, state.brush[1]) + 1);
  if (last <= first) {
    box.append(make("p", { class: "soft" }, "This layer reads no step of that stretch."));
    return box;
  }
  const info = layer.lanes[Math.min(state.sortedBy, layer.lanes.length - 1)];
  const lane = readLane(info, layer.steps);
  const found = opened(lane, first, last);
  const labels = state.about.labels;
  box.append(make("p", {}, `Units whose ${info.key} was higher from ${labels[state.brush[0]]} to ${labels[state.brush[1]]} than elsewhere:`));
  box.append(found.length ? table(found, lane, subject, state, [first, last]) : make("p", { class: "soft" }, "None."));
  return box;
}

/** Those that stand out most first. */
export function opened(lane: Lane, first: number, last: number): Opened[] {
  const units = [...Array(lane.info.units).keys()].map((unit) => {
    const inside = lane.mean(unit, first, last);
    const whole = lane.mean(unit);
    const rest = lane.steps - (last - first);
    return { unit, inside, outside: rest ? (whole * lane.steps - inside * (last - first)) / rest : NaN };
  });
  const least = (lane.info.high - lane.info.low) * 0.02;
  return units
    .filter((one) => one.inside - one.outside > least)
    .sort((a, b) => b.inside - b.outside - (a.inside - a.outside))
    .slice(0, SHOWN);
}

function table(found: Opened[], lane: Lane, subject: Subject, state: State, range: [number, number]): HTMLElement {
  const head = ["unit", "there", "elsewhere", "also open"].map((text) => make("th", { scope: "col", class: text === "also open" ? "words" : "" }, text));
  const rows = found.map((one) => {
    const pick = make("button", { type: "button" }, String(one.unit));
    pick.addEventListener("click", () => state.open(state.position, one.unit));
    return make(
      "tr",
      {},
      make("th", { scope: "row" }, pick),
      make("td", {}, written(one.inside)),
      make("td", {}, written(one.outside)),
      make("td", { class: "words" }, elsewhere(one, lane, subject, state, range)),
    );
  });
  return make("div", { class: "scroll", tabindex: "0", role: "group", "aria-label": "Units open in the brushed stretch" }, make("table", {}, make("thead", {}, make("tr", {}, ...head)), make("tbody", {}, ...rows)));
}

/** The longest other stretches in which a unit is nearer to what it was there than to elsewhere. */
function elsewhere(one: Opened, lane: Lane, subject: Subject, state: State, range: [number, number]): string {
  const bound = (one.inside + one.outside) / 2;
  const stretches: [number, number][] = [];
  let start = -1;
  for (let step = 0; step <= lane.steps; step++) {
    const inside = step >= range[0] && step < range[1];
    const open = step < lane.steps && !inside && lane.value(one.unit, step) > bound;
    if (open && start < 0) start = step;
    if (!open && start >= 0) {
      stretches.push([start, step - 1]);
      start = -1;
    }
  }
  stretches.sort((a, b) => b[1] - b[0] - (a[1] - a[0]) || a[0] - b[0]);
  const name = (step: number): string => state.about.labels[subject.layer.first + step * subject.layer.each] ?? "";
  const named = stretches.slice(0, STRETCHES).map(([a, b]) => (a === b ? name(a) : `${name(a)} to ${name(b)}`));
  const more = stretches.length > STRETCHES ? `, and ${stretches.length - STRETCHES} stretches more` : "";
  return named.length ? named.join(", ") + more : "nowhere else";
}
