import type { LayerInfo } from "./about";
import { make } from "./dom";
import { readLane, type Lane } from "./lane";
import { equation } from "./mathml";
import { written, type State, type Subject } from "./state";

/** The cell opened at a step: its equations with the numbers of one unit, and what carries each state on. */
export function openCell(subject: Subject, state: State): HTMLElement {
  const { layer, model } = subject;
  const step = state.step(layer);
  const box = make("div", { class: "cell" });
  box.append(make("h3", {}, `${model.name}: ${layer.name}`));
  if (step < 0 || step >= layer.steps) {
    box.append(make("p", { class: "soft" }, "This layer does not read this step."));
    return box;
  }
  const numbers = new Numbers(layer, step, state.unit);
  const carried = Object.keys(layer.start).filter((name) => name in layer.keeps);
  for (const name of carried.length ? carried : Object.keys(layer.start)) box.append(belt(name, numbers, layer));
  const list = make("div", { class: "equations", tabindex: "0", role: "group", "aria-label": `The equations of ${layer.cell} with the numbers of unit ${state.unit}` });
  for (const line of layer.equations) list.append(equation(line, (ref) => numbers.text(ref)));
  box.append(list);
  if (!layer.complete) {
    box.append(make("p", { class: "soft" }, "Of so many steps and units, only gates and states have their numbers here."));
  }
  return box;
}

/** The numbers of one unit at one step, by the references in the equations. */
class Numbers {
  private readonly lanes = new Map<string, Lane>();

  constructor(
    readonly layer: LayerInfo,
    readonly step: number,
    readonly unit: number,
  ) {
    for (const info of [...layer.parts, ...layer.lanes]) {
      this.lanes.set(info.kind === "part" ? info.key : `${info.kind}:${info.key}`, readLane(info, layer.steps));
    }
  }

  value(ref: string): number {
    if (ref.startsWith("before:")) return this.before(ref.slice(7));
    const lane = this.lanes.get(ref);
    return lane ? lane.value(lane.info.units === 1 ? 0 : this.unit, this.step) : NaN;
  }

  text(ref: string): string | null {
    if (!ref.startsWith("before:") && !this.lanes.has(ref)) return null;
    const value = this.value(ref);
    return Number.isNaN(value) ? "\u2013" : written(value);
  }

  before(state: string): number {
    const former = this.step - this.layer.back;
    const inside = former >= 0 && former < this.layer.steps;
    if (!inside) return this.layer.start[state][this.unit] ?? NaN;
    return this.lanes.get(`state:${state}`)!.value(this.unit, former);
  }
}

/** A state on its way: what it was, how much of it is kept, what is added, what it is. */
function belt(name: string, numbers: Numbers, layer: LayerInfo): HTMLElement {
  const before = numbers.before(name);
  const after = numbers.value(`state:${name}`);
  const kept = numbers.value(`kept:${name}`);
  const row = make("div", { class: "belt", role: "group", "aria-label": `The way of ${name} through this step` });
  row.append(chip(`${name} before`, before));
  if (Number.isNaN(kept)) {
    row.append(way("made anew"));
  } else {
    row.append(way("\u00d7"), chip(layer.keeps[name] || "kept", kept), way("+"), chip("added", after - kept * before, true), way(""));
  }
  row.append(chip(`${name} after`, after));
  return row;
}

function chip(name: string, value: number, change = false): HTMLElement {
  const sign = change && value > 0 ? "+" : "";
  const kind = Number.isNaN(value) ? "none" : value < 0 ? "below" : "above";
  return make("div", { class: `chip ${kind}` }, make("span", { class: "what" }, name), make("b", {}, sign + (Number.isNaN(value) ? "\u2013" : written(value))));
}

function way(sign: string): HTMLElement {
  return make("div", { class: "way", "aria-hidden": sign ? "false" : "true" }, sign);
}
