import { make } from "./dom";
import { written } from "./state";
import type { Frame, Language } from "./tour";

const SVG = "http://www.w3.org/2000/svg";
const WIDE = 100;
const TALL = 100;

/** The curves of a frame; all frames of a stop share one scale, so that turning the knob can be seen. */
export function chart(all: Frame[], frame: Frame, steps: string, language: Language): Node[] {
  const values = all.flatMap((one) => one.curves.flatMap((curve) => curve.values));
  const low = Math.min(0, ...values);
  const high = Math.max(...values);
  const y = (value: number): number => TALL * (0.96 - (0.92 * (value - low)) / (high - low || 1));
  const names = frame.curves.map((curve) => curve.name[language]).join(", ");
  const drawing = element("svg", { viewBox: `0 0 ${WIDE} ${TALL}`, preserveAspectRatio: "none", role: "img", "aria-label": names });
  drawing.append(element("line", { x1: "0", x2: String(WIDE), y1: String(y(0)), y2: String(y(0)) }));
  frame.curves.forEach((curve, place) => {
    const last = Math.max(1, curve.values.length - 1);
    const path = curve.values.map((value, n) => `${n ? "L" : "M"}${((n / last) * WIDE).toFixed(2)} ${y(value).toFixed(2)}`).join("");
    drawing.append(element("path", { d: path, class: color(place, frame) }));
  });
  const along = `${steps}: 0 \u2013 ${frame.curves[0].values.length - 1}`;
  return [
    drawing,
    make("span", { class: "high" }, written(high)),
    make("span", { class: "low" }, written(low)),
    make("span", { class: "along" }, along),
  ];
}

/** Which line is which. */
export function key(frame: Frame, language: Language): HTMLElement {
  const items = frame.curves.map((curve, place) => {
    const line = element("svg", { viewBox: "0 0 20 8", "aria-hidden": "true" });
    line.append(element("path", { d: "M0 4L20 4", class: color(place, frame) }));
    return make("li", {}, line, curve.name[language]);
  });
  return make("ul", { class: "key" }, ...items);
}

function color(place: number, frame: Frame): string {
  return `c${frame.curves.length < 3 ? place + 1 : place}`;
}

function element(name: string, attributes: Record<string, string>): SVGElement {
  const made = document.createElementNS(SVG, name) as SVGElement;
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  return made;
}
