import { fit, ink } from "./dom";
import type { ModelInfo } from "./about";
import type { State } from "./state";

const HEIGHT = 130;
const WEIGHTS = 56;

type Numbers = (number | null)[];

/** The series along the top, and the forecasts of the models behind it. */
export function drawSeries(canvas: HTMLCanvasElement, state: State): void {
  const pen = fit(canvas, HEIGHT);
  pen.clearRect(0, 0, canvas.width, canvas.height);
  const models = [...new Set(state.visible.map((one) => one.model))];
  const lines: [Numbers, string][] = [];
  if (state.about.values) lines.push([state.about.values, ink("--ink")]);
  models.forEach((model, n) => model.forecast && lines.push([model.forecast, ink(n ? "--second" : "--accent")]));
  const [low, high] = reach(lines.map(([values]) => values), state);
  for (const [values, color] of lines) drawLine(pen, canvas, values, color, low, high, state);
}

function reach(lines: Numbers[], state: State): [number, number] {
  let low = Infinity;
  let high = -Infinity;
  for (const values of lines) {
    for (let n = Math.floor(state.first); n < Math.ceil(state.last); n++) {
      const value = values[n];
      if (value === null || value === undefined) continue;
      if (value < low) low = value;
      if (value > high) high = value;
    }
  }
  return low < high ? [low, high] : low === high ? [low - 1, high + 1] : [0, 1];
}

function drawLine(
  pen: CanvasRenderingContext2D,
  canvas: HTMLCanvasElement,
  values: Numbers,
  color: string,
  low: number,
  high: number,
  state: State,
): void {
  const x = across(canvas, state);
  const y = (value: number): number => canvas.height * (0.94 - 0.88 * ((value - low) / (high - low)));
  pen.strokeStyle = pen.fillStyle = color;
  pen.lineWidth = Math.max(1.5, canvas.width / 800);
  pen.lineJoin = "round";
  pen.beginPath();
  if ((state.last - state.first) / canvas.width > 1) {
    drawDense(pen, canvas.width, values, y, state);
    return;
  }
  let drawn = false;
  for (let n = Math.max(0, Math.floor(state.first) - 1); n < Math.min(values.length, Math.ceil(state.last) + 1); n++) {
    const value = values[n];
    if (value === null || value === undefined) {
      drawn = false;
      continue;
    }
    const at = x(n + 0.5);
    if (drawn) pen.lineTo(at, y(value));
    else pen.moveTo(at, y(value));
    // A value between gaps would have no line.
    if (!drawn && (values[n + 1] === null || values[n + 1] === undefined)) pen.fillRect(at - 2, y(value) - 2, 4, 4);
    drawn = true;
  }
  pen.stroke();
}

/** Where several values lie in one pixel: from the least to the greatest of them. */
function drawDense(
  pen: CanvasRenderingContext2D,
  width: number,
  values: Numbers,
  y: (value: number) => number,
  state: State,
): void {
  const each = (state.last - state.first) / width;
  for (let x = 0; x < width; x++) {
    const from = Math.floor(state.first + x * each);
    let low = Infinity;
    let high = -Infinity;
    // One value more, so that neighbours meet.
    for (let n = from; n <= from + each + 1 && n < values.length; n++) {
      const value = values[n];
      if (value === null || value === undefined) continue;
      if (value < low) low = value;
      if (value > high) high = value;
    }
    if (low <= high) pen.fillRect(x, y(high), 1.5, Math.max(1.5, y(low) - y(high)));
  }
}

function across(canvas: HTMLCanvasElement, state: State): (position: number) => number {
  return (position) => ((position - state.first) / (state.last - state.first)) * canvas.width;
}

/** What each past value did to the answer, as bars from the middle. */
export function drawWeights(canvas: HTMLCanvasElement, model: ModelInfo, hidden: boolean, state: State): void {
  const pen = fit(canvas, WEIGHTS);
  pen.clearRect(0, 0, canvas.width, canvas.height);
  const values = hidden ? model.hidden : model.gradients;
  const x = across(canvas, state);
  const most = Math.max(...values.map((v) => Math.abs(v ?? 0)), 1e-12);
  const middle = canvas.height / 2;
  const perPixel = (state.last - state.first) / canvas.width;
  const together = Math.max(1, Math.floor(perPixel));
  const colors = [ink("--accent"), ink("--second")];
  for (let n = Math.max(0, Math.floor(state.first)); n < Math.min(values.length, Math.ceil(state.last)); n += together) {
    let value = 0;
    for (let k = n; k < Math.min(values.length, n + together); k++) {
      if (Math.abs(values[k] ?? 0) > Math.abs(value)) value = values[k] ?? 0;
    }
    const tall = (value / most) * middle * 0.95;
    const left = x(n);
    const gap = x(n + together) - left > 4 ? 1 : 0;
    pen.fillStyle = colors[value < 0 ? 1 : 0];
    pen.fillRect(left, Math.min(middle, middle - tall), Math.max(1, x(n + together) - left - gap), Math.abs(tall));
  }
  pen.fillStyle = ink("--line");
  pen.fillRect(0, middle, canvas.width, 1);
}

/** How far back each unit looks, a bar each in the order shown. */
export function drawMemory(canvas: HTMLCanvasElement, lengths: number[], units: number[], unit: number): void {
  const pen = fit(canvas, 80);
  pen.clearRect(0, 0, canvas.width, canvas.height);
  const most = Math.max(...lengths, 1);
  const wide = canvas.width / units.length;
  units.forEach((one, place) => {
    const tall = ((lengths[one] ?? 0) / most) * canvas.height * 0.96;
    pen.fillStyle = ink(one === unit ? "--second" : "--accent");
    pen.fillRect(place * wide, canvas.height - tall, Math.max(1, wide - (wide > 4 ? 1 : 0)), Math.max(1, tall));
  });
}
