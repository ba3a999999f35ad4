import { make } from "./dom";
import { readLane } from "./lane";
import { written, type State, type Subject } from "./state";

const MOST = 64;

/** What the answer would be if a gate stood still. */
export function effects(state: State): HTMLElement {
  const models = [...new Set(state.visible.map((one) => one.model))];
  const box = make("div");
  for (const model of models) {
    const change = (answer: number | null): number => Math.abs((answer ?? NaN) - (model.answer ?? NaN)) || 0;
    const rows = [...model.effects]
      .sort((a, b) => change(b.answer) - change(a.answer))
      .map((one) =>
        make(
          "tr",
          {},
          make("th", { scope: "row" }, one.gate),
          make("td", {}, written(one.value)),
          make("td", {}, written(one.answer, 5)),
          make("td", {}, written((one.answer ?? NaN) - (model.answer ?? NaN))),
        ),
      );
    const head = ["gate", "held at", "answer", "change"].map((text) => make("th", { scope: "col" }, text));
    const caption = make("caption", {}, `${model.name}: the answer is ${written(model.answer, 5)}`);
    box.append(rows.length ? scrolled(`Effects of the gates of ${model.name}`, make("table", {}, caption, make("thead", {}, make("tr", {}, ...head)), make("tbody", {}, ...rows))) : make("p", { class: "soft" }, `${model.name} names no gates.`));
  }
  return box;
}

/** Every gate and state of the opened step, a row a unit: what the heat maps show, for reading. */
export function numbersOf(subject: Subject, state: State): HTMLElement {
  const { layer } = subject;
  const step = state.step(layer);
  const lanes = layer.lanes.map((info) => readLane(info, layer.steps));
  const units = Math.max(...layer.lanes.map((info) => info.units));
  const head = ["unit", ...layer.lanes.map((info) => info.key), "looks back"].map((text) => make("th", { scope: "col" }, text));
  const rows = [];
  for (let unit = 0; unit < Math.min(units, MOST); unit++) {
    const cells = lanes.map((lane) => make("td", {}, unit < lane.info.units ? written(lane.value(unit, step)) : ""));
    rows.push(make("tr", {}, make("th", { scope: "row" }, String(unit)), ...cells, make("td", {}, String(layer.memory[unit] ?? ""))));
  }
  const more = units > MOST ? ` The first ${MOST} of ${units} units.` : "";
  const caption = make("caption", {}, `${layer.name} at ${state.about.labels[state.position]}.${more}`);
  return scrolled("Numbers of the opened step", make("table", {}, caption, make("thead", {}, make("tr", {}, ...head)), make("tbody", {}, ...rows)));
}

function scrolled(label: string, table: HTMLElement): HTMLElement {
  return make("div", { class: "scroll", tabindex: "0", role: "group", "aria-label": label }, table);
}
