import type { Lane } from "./lane";
import type { LayerInfo } from "./about";
import type { Order } from "./state";

const COLUMNS = 48;

/** In which order the units of a layer are shown. */
export function ordered(order: Order, lane: Lane, layer: LayerInfo): number[] {
  const units = [...Array(lane.info.units).keys()];
  if (order === "by mean") return by(units, (unit) => lane.mean(unit));
  if (order === "by memory") return by(units, (unit) => layer.memory[unit] ?? 0);
  if (order === "by likeness") return alike(lane);
  return units;
}

/** The greatest first. */
function by(units: number[], key: (unit: number) => number): number[] {
  const keys = units.map((unit) => key(unit));
  const rank = (unit: number): number => (Number.isNaN(keys[unit]) ? -Infinity : keys[unit]);
  return units.sort((a, b) => rank(b) - rank(a) || a - b);
}

/** From the unit that varies most on, each beside the unit left that is most like it. */
function alike(lane: Lane): number[] {
  const shapes = Array.from({ length: lane.info.units }, (_, unit) => shape(lane, unit));
  const energy = shapes.map((one) => one.reduce((sum, v) => sum + v * v, 0));
  let current = energy.indexOf(Math.max(...energy));
  const left = new Set(shapes.keys());
  const found: number[] = [];
  while (left.size) {
    left.delete(current);
    found.push(current);
    let nearest = -1;
    let least = Infinity;
    for (const unit of left) {
      const far = distance(shapes[current], shapes[unit]);
      if (far < least) {
        least = far;
        nearest = unit;
      }
    }
    current = nearest;
  }
  return found;
}

/** The course of a unit in a few columns, about its mean. */
function shape(lane: Lane, unit: number): Float64Array {
  const columns = Math.min(COLUMNS, lane.steps);
  const found = new Float64Array(columns);
  for (let column = 0; column < columns; column++) {
    const first = Math.floor((column * lane.steps) / columns);
    const last = Math.max(first + 1, Math.floor(((column + 1) * lane.steps) / columns));
    const mean = lane.mean(unit, first, last);
    found[column] = Number.isNaN(mean) ? 0 : mean;
  }
  const middle = found.reduce((sum, v) => sum + v, 0) / columns;
  return found.map((v) => v - middle);
}

function distance(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let n = 0; n < a.length; n++) sum += (a[n] - b[n]) ** 2;
  return sum;
}
