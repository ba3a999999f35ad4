import type { LaneInfo } from "./about";

/** What stands for a value that is no number. */
export const NOTHING = 65535;
const STEPS = 65534;

/** The values of a gate or a state, [unit][step], at several levels of detail. */
export class Lane {
  readonly levels: Uint16Array[] = [];
  readonly lengths: number[];

  constructor(
    readonly info: LaneInfo,
    readonly steps: number,
    base: Uint16Array,
  ) {
    this.levels.push(base);
    this.lengths = [steps];
  }

  value(unit: number, step: number): number {
    if (unit >= this.info.units || step < 0 || step >= this.steps) return NaN;
    return this.number(this.levels[0][unit * this.steps + step]);
  }

  number(place: number): number {
    if (place === NOTHING) return NaN;
    return this.info.low + (place / STEPS) * (this.info.high - this.info.low);
  }

  /** The coarsest level whose steps are no longer than so many; made when first asked for. */
  level(length: number): number {
    const wanted = Math.max(0, Math.floor(Math.log2(Math.max(1, length))));
    while (this.levels.length <= wanted && this.lengths[this.lengths.length - 1] > 1) this.coarsen();
    return Math.min(wanted, this.levels.length - 1);
  }

  private coarsen(): void {
    const last = this.levels.length - 1;
    const fine = this.levels[last];
    const length = this.lengths[last];
    const half = Math.ceil(length / 2);
    const coarse = new Uint16Array(half * this.info.units);
    for (let unit = 0; unit < this.info.units; unit++) {
      const from = unit * length;
      const to = unit * half;
      for (let step = 0; step < half; step++) {
        const a = fine[from + 2 * step];
        const b = 2 * step + 1 < length ? fine[from + 2 * step + 1] : NOTHING;
        coarse[to + step] = a === NOTHING ? b : b === NOTHING ? a : (a + b) >> 1;
      }
    }
    this.levels.push(coarse);
    this.lengths.push(half);
  }

  /** The mean of a unit over steps from first up to but not last; NaN if there is none. */
  mean(unit: number, first = 0, last = this.steps): number {
    let sum = 0;
    let count = 0;
    const from = unit * this.steps;
    for (let step = Math.max(0, first); step < Math.min(last, this.steps); step++) {
      const place = this.levels[0][from + step];
      if (place !== NOTHING) {
        sum += place;
        count++;
      }
    }
    return count ? this.number(sum / count) : NaN;
  }
}

const read = new Map<number, Uint16Array>();

/** The numbers of an array of the page. */
function numbers(array: number): Uint16Array {
  const known = read.get(array);
  if (known) return known;
  const element = document.getElementById(`array-${array}`)!;
  const text = atob(element.textContent!.trim());
  const bytes = new Uint8Array(text.length);
  for (let place = 0; place < text.length; place++) bytes[place] = text.charCodeAt(place);
  const found = new Uint16Array(bytes.buffer);
  read.set(array, found);
  // The text is read once; the page need not hold it twice.
  element.textContent = "";
  return found;
}

export function readLane(info: LaneInfo, steps: number): Lane {
  return new Lane(info, steps, numbers(info.array));
}
