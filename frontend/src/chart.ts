import { make } from "./dom";
import { written } from "./state";
import type { Frame, Language } from "./tour";

const SVG = "http://www.w3.org/2000/svg";
const WIDE = 100;
const TALL = 100;
/** Ticks along the bottom are so many steps apart at least. */
const APART = [5, 10, 20, 50];
const TICKS = 8;
/** Two numbers along the bottom closer than this share of it would lie on each other. */
const ROOM = 0.09;
const NEAR = 0.06;

/** The curves of a frame; all frames of a stop share one scale, so that turning the knob can be seen. */
export function chart(all: Frame[], frame: Frame, steps: string, language: Language): Node[] {
  const values = all.flatMap((one) => one.curves.flatMap((curve) => curve.values));
  const low = Math.min(0, ...values);
  const high = Math.max(...values);
  const y = (value: number): number => TALL * (0.96 - (0.92 * (value - low)) / (high - low || 1));
  const last = Math.max(1, frame.curves[0].values.length - 1);
  const drawing = canvas(frame.curves.map((curve) => curve.name[language]).join(", "));
  drawing.append(element("line", { x1: "0", x2: String(WIDE), y1: String(y(0)), y2: String(y(0)) }));
  for (const step of frame.marks) {
    const x = String((step / last) * WIDE);
    drawing.append(element("line", { x1: x, x2: x, y1: "0", y2: String(TALL), class: "mark" }));
  }
  frame.curves.forEach((curve, place) => {
    const path = curve.values.map((value, n) => `${n ? "L" : "M"}${((n / last) * WIDE).toFixed(2)} ${y(value).toFixed(2)}`).join("");
    drawing.append(element("path", { d: path, class: color(place, frame) }));
  });
  const levels = [...new Set([high, 0, low])].map((value) => label(written(value), "level", `top:${y(value).toFixed(1)}%`));
  return [make("div", { class: "levels", "aria-hidden": "true" }, ...levels), drawing, along(frame.marks, last, steps, (n) => n / last)];
}

/** Steps that are taken or not, a row a curve. */
export function boxes(frame: Frame, steps: string, language: Language): Node[] {
  const count = frame.curves[0].values.length;
  const drawing = canvas(frame.curves.map((curve) => curve.name[language]).join(", "));
  const tall = TALL / frame.curves.length;
  frame.curves.forEach((curve, row) =>
    curve.values.forEach((value, n) => {
      const place = { x: String(((n + 0.1) / count) * WIDE), width: String((0.8 / count) * WIDE), y: String((row + 0.2) * tall), height: String(0.6 * tall) };
      drawing.append(element("rect", { ...place, class: value ? `taken c${row + 1}` : "free" }));
    }),
  );
  const rows = frame.curves.map((curve, row) => label(curve.name[language], "level", `top:${((row + 0.5) / frame.curves.length) * 100}%`));
  return [make("div", { class: "levels" }, ...rows), drawing, along([], count - 1, steps, (n) => (n + 0.5) / count)];
}

/** The numbers of steps along the bottom: round ones, and those that are marked. */
function along(marks: number[], last: number, steps: string, share: (step: number) => number): HTMLElement {
  const apart = APART.find((one) => last / one <= TICKS) ?? APART[APART.length - 1];
  const round = Array.from({ length: Math.floor(last / apart) + 1 }, (_, n) => n * apart);
  const shown = [...marks, ...[...round, last].filter((n) => marks.every((mark) => Math.abs(share(mark) - share(n)) > ROOM))];
  const kept = shown.filter((n, place) => n !== last || marks.includes(n) || shown.every((other, at) => at === place || Math.abs(share(other) - share(n)) > ROOM));
  const groups = together([...new Set(kept)].sort((a, b) => a - b), share);
  const numbers = groups.map((some) => {
    const middle = some.reduce((sum, n) => sum + share(n), 0) / some.length;
    return label(some.join(", "), some.some((n) => marks.includes(n)) ? "tick marked" : "tick", `left:${(middle * 100).toFixed(2)}%`);
  });
  return make("div", { class: "along" }, make("div", { class: "ticks", "aria-hidden": "true" }, ...numbers), make("div", { class: "steps" }, steps));
}

/** Marked steps that are neighbours share one place. */
function together(steps: number[], share: (step: number) => number): number[][] {
  const groups: number[][] = [];
  for (const step of steps) {
    const last = groups[groups.length - 1];
    if (last && share(step) - share(last[last.length - 1]) < NEAR) last.push(step);
    else groups.push([step]);
  }
  return groups;
}

function label(text: string, kind: string, place: string): HTMLElement {
  const found = make("span", { class: kind }, text);
  // The page's policy refuses style attributes, not what its own script sets.
  const [side, value] = place.split(":");
  found.style.setProperty(side, value);
  return found;
}

/** Which line is which. */
export function key(frame: Frame, language: Language): HTMLElement {
  const items = frame.curves.map((curve, place) => {
    const line = element("svg", { viewBox: "0 0 28 8", "aria-hidden": "true" });
    line.append(element("path", { d: "M0 4L28 4", class: color(place, frame) }));
    return make("li", {}, line, curve.name[language]);
  });
  return make("ul", { class: "key" }, ...items);
}

function color(place: number, frame: Frame): string {
  return `c${frame.curves.length < 3 ? place + 1 : place}`;
}

function canvas(name: string): SVGElement {
  return element("svg", { viewBox: `0 0 ${WIDE} ${TALL}`, preserveAspectRatio: "none", role: "img", "aria-label": name });
}

function element(name: string, attributes: Record<string, string>): SVGElement {
  const made = document.createElementNS(SVG, name) as SVGElement;
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  return made;
}
