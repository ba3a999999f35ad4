import { placeOf, table } from "./colors";
import { fit } from "./dom";
import { NOTHING, type Lane } from "./lane";
import type { LayerInfo } from "./about";
import type { State } from "./state";

/** Units at most whose mean one row of pixels shows. */
const TOGETHER = 4;

/** The height of a lane on the screen. */
export function height(units: number): number {
  return Math.round(Math.min(150, Math.max(40, units * 5)));
}

const tables = new Map<Lane, Uint32Array>();
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => tables.clear());

/** Draws units over steps: of what lies in one pixel, the mean. */
export function drawHeat(canvas: HTMLCanvasElement, lane: Lane, layer: LayerInfo, units: number[], state: State): void {
  const pen = fit(canvas, height(units.length));
  const { width, height: tall } = canvas;
  let colors = tables.get(lane);
  if (!colors) tables.set(lane, (colors = table(lane.info)));
  const image = pen.createImageData(width, tall);
  const pixels = new Uint32Array(image.data.buffer);
  const perPixel = (state.last - state.first) / width / layer.each;
  const level = lane.level(perPixel);
  const data = lane.levels[level];
  const length = lane.lengths[level];
  const columns = new Int32Array(width);
  for (let x = 0; x < width; x++) {
    const position = state.first + ((x + 0.5) / width) * (state.last - state.first);
    const step = Math.floor((position - layer.first) / layer.each);
    columns[x] = step < 0 || step >= lane.steps ? -1 : step >> level;
  }
  let former = -1;
  for (let y = 0; y < tall; y++) {
    const low = Math.floor((y / tall) * units.length);
    const high = Math.max(low + 1, Math.floor(((y + 1) / tall) * units.length));
    const row = y * width;
    if (low === former) {
      pixels.copyWithin(row, row - width, row);
      continue;
    }
    former = low;
    const shown = units.slice(low, Math.min(high, low + TOGETHER));
    if (shown.length === 1) drawUnit(pixels, row, columns, data, shown[0] * length, colors);
    else drawUnits(pixels, row, columns, data, shown.map((unit) => unit * length), colors);
  }
  pen.putImageData(image, 0, 0);
}

function drawUnit(
  pixels: Uint32Array,
  row: number,
  columns: Int32Array,
  data: Uint16Array,
  base: number,
  colors: Uint32Array,
): void {
  for (let x = 0; x < columns.length; x++) {
    const column = columns[x];
    if (column >= 0) pixels[row + x] = colors[placeOf(data[base + column])];
  }
}

function drawUnits(
  pixels: Uint32Array,
  row: number,
  columns: Int32Array,
  data: Uint16Array,
  bases: number[],
  colors: Uint32Array,
): void {
  for (let x = 0; x < columns.length; x++) {
    const column = columns[x];
    if (column < 0) continue;
    let sum = 0;
    let count = 0;
    for (let n = 0; n < bases.length; n++) {
      const place = data[bases[n] + column];
      if (place !== NOTHING) {
        sum += place;
        count++;
      }
    }
    pixels[row + x] = colors[placeOf(count ? Math.round(sum / count) : NOTHING)];
  }
}
