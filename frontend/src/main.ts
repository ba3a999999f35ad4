import "./viewer.css";
import { readAbout } from "./about";
import { openCell } from "./cell";
import { brushedUnits } from "./brushed";
import { button, choice, make, section } from "./dom";
import { listen } from "./keys";
import { Lanes } from "./lanes";
import { Plot } from "./plots";
import { ORDERS, State, written } from "./state";
import { effects, numbersOf } from "./tables";
import { Words } from "./words";
import { drawMemory, drawSeries, drawWeights } from "./track";

const state = new State(readAbout());
const main = document.getElementById("viewer")!;
const about = state.about;

const hover = make("p", { class: "hover", "aria-hidden": "true" });
const told = make("p", { class: "told", role: "status", "aria-live": "polite" });
const plots = make("div", { class: "plots", role: "group", "aria-roledescription": "time plots", tabindex: "0", "aria-label": "Plots over time", "aria-describedby": "keys" });
const lanesBox = make("div");
const words = new Words(state);
const series = make("canvas", { role: "img", "aria-label": `The series ${about.title}, ${about.labels.length} steps` });
const weights = make("canvas", { role: "img", "aria-label": "What each step does to the answer" });
const memory = make("canvas", { role: "img", class: "memory" });
const cellBox = make("div", { class: "cells" });
const brushBox = make("div");
const effectsBox = make("div");
const numbersBox = make("details", {}, make("summary", {}, "Numbers of this step, as a table"));
const heldBy = make("div", { class: "choices" });
/** Gradients that do not add up are not what is shown first. */
let hidden = about.models.some((model) => !model.settled);
let lanes: Lanes[] = [];
let former = "";

const say = (text: string): void => {
  hover.textContent = text || "\u00a0";
};

function names(): string[] {
  return state.subjects.map((one) => `${one.model.name}: ${one.layer.name}`);
}

function controls(): HTMLElement {
  const row = make("div", { class: "controls" });
  row.append(
    button("\u2212", "Zoom out", () => state.zoom(1 / 1.6, state.position)),
    button("+", "Zoom in", () => state.zoom(1.6, state.position)),
    button("all", "Show all steps", () => state.show(0, about.labels.length)),
    button("\u2039", "Step back", () => state.open(state.position - 1)),
    button("\u203a", "Step on", () => state.open(state.position + 1)),
  );
  if (state.subjects.length > 1) {
    row.append(
      choice("Layer", names(), state.shown, (place) => rebuild(() => (state.shown = place))),
      choice("Beside it", ["none", ...names()], state.beside + 1, (place) => rebuild(() => (state.beside = place - 1))),
    );
  }
  row.append(choice("Units", ORDERS, 0, (place) => rebuild(() => (state.order = ORDERS[place]))), heldBy);
  return row;
}

function chooseLane(): void {
  const { layer } = state.subjects[state.shown];
  state.sortedBy = Math.min(state.sortedBy, layer.lanes.length - 1);
  heldBy.replaceChildren(
    choice("of", layer.lanes.map((one) => one.key), state.sortedBy, (place) => rebuild(() => (state.sortedBy = place))),
  );
}

function rebuild(change: () => void): void {
  change();
  lanes = [];
  former = "";
  chooseLane();
  state.changed();
}

function build(): void {
  for (const canvas of [series, weights]) canvas.style.height = canvas === series ? "130px" : "56px";
  memory.style.height = "80px";
  const onSeries = new Plot(series, state, (position) => say(position < 0 ? "" : valueAt(Math.floor(position))));
  const onWeights = new Plot(weights, state, (position) => say(position < 0 ? "" : weightAt(Math.floor(position))));
  const kind = choice("What each step does, by", ["integrated gradients", "occlusion"], Number(hidden), (place) => {
    hidden = place === 1;
    state.changed();
  });
  const keys = make("p", { id: "keys", class: "soft" }, "Click or tap a step to open the cell there, drag to brush a stretch, pinch or Ctrl + wheel to zoom. Keys: \u2190 \u2192 steps, \u2191 \u2193 units, + \u2212 0 zoom, Shift + \u2190 \u2192 brush, Esc to let go.");
  plots.append(about.values ? onSeries.element : words.element, make("div", { class: "lane" }, make("div", { class: "lane-title" }, kind), onWeights.element), lanesBox);
  main.append(
    section("plots-heading", "Over time", keys, controls(), hover, plots),
    section("cell-heading", "The cell at this step", told, unitRow(), cellBox, numbersBox),
    section("brush-heading", "Units that were open", brushBox),
    section("memory-heading", "How far back each unit looks", make("p", { class: "soft" }, "The steps that hold 90% of a unit's sensitivity to its input, at the end of what was read."), memory),
    section("effects-heading", "What each gate does", make("p", { class: "soft" }, `The answer is ${about.answer}; a gate is held in all units at all steps.`), effectsBox),
  );
  if (about.notes.length) main.append(section("notes-heading", "Notes", make("ul", {}, ...about.notes.map((note) => make("li", {}, note)))));
  numbersBox.addEventListener("toggle", () => state.changed());
  memory.addEventListener("click", (event) => {
    const units = lanes[0].units(subject().layer.memory.length);
    const share = event.offsetX / memory.clientWidth;
    state.open(state.position, units[Math.min(units.length - 1, Math.floor(share * units.length))]);
  });
}

const subject = () => state.subjects[state.shown];

const unit = make("input", { type: "number", min: "0", step: "1", value: "0" });
function unitRow(): HTMLElement {
  unit.addEventListener("change", () => state.open(state.position, Number(unit.value) || 0));
  return make("div", { class: "controls" }, make("label", { class: "choice" }, make("span", {}, "Unit"), unit));
}

function valueAt(position: number): string {
  const value = about.values?.[position] ?? subject().model.forecast?.[position];
  return `${about.labels[position] ?? ""}${value === undefined ? "" : ` \u00b7 ${written(value, 5)}`}`;
}

function weightAt(position: number): string {
  const { model } = subject();
  const value = (hidden ? model.hidden : model.gradients)[position];
  return `${about.labels[position] ?? ""} \u00b7 ${value === undefined ? "to come" : written(value)}`;
}

function draw(): void {
  if (!lanes.length) {
    lanes = state.visible.map((one) => new Lanes(one, state, say));
    lanesBox.replaceChildren(...lanes.map((one) => one.element));
    effectsBox.replaceChildren(effects(state));
  }
  if (about.values) drawSeries(series, state);
  else words.draw(hidden ? subject().model.hidden : subject().model.gradients);
  drawWeights(weights, subject().model, hidden, state);
  for (const one of lanes) one.draw();
  const now = [state.position, state.unit, state.shown, state.beside, state.brush, state.sortedBy, state.order, numbersBox.open].join();
  if (now !== former) {
    former = now;
    describe();
  }
}

/** What depends on the opened step alone, and not on how far it is zoomed. */
function describe(): void {
  const { layer } = subject();
  const units = Math.max(...layer.lanes.map((lane) => lane.units));
  state.unit = Math.min(state.unit, units - 1);
  unit.max = String(units - 1);
  unit.value = String(state.unit);
  told.textContent = `${about.labels[state.position]}, unit ${state.unit} of ${units}, which looks back ${(layer.memory[state.unit] ?? 0) * layer.each} steps.`;
  cellBox.replaceChildren(...state.visible.map((one) => openCell(one, state)));
  brushBox.replaceChildren(brushedUnits(subject(), state));
  const order = lanes[0].units(layer.memory.length);
  drawMemory(memory, layer.memory, order, state.unit);
  memory.setAttribute("aria-label", `Memory of ${layer.memory.length} units, the longest ${Math.max(...layer.memory) * layer.each} steps`);
  numbersBox.replaceChildren(numbersBox.firstElementChild!, ...(numbersBox.open ? state.visible.map((one) => numbersOf(one, state)) : []));
}

function begin(): void {
  chooseLane();
  state.watch(draw);
  listen(plots, state);
  addEventListener("resize", () => {
    former = "";
    state.changed();
  });
  addEventListener("scroll", () => state.changed(), { passive: true });
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => rebuild(() => undefined));
  state.changed();
}

build();
// The numbers stand behind the script, so that the page is on the screen before all of them are read.
if (document.readyState === "loading") addEventListener("DOMContentLoaded", begin);
else begin();
