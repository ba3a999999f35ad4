import type { About, LayerInfo, ModelInfo } from "./about";

/** One layer of one model. */
export interface Subject {
  model: ModelInfo;
  layer: LayerInfo;
}

export type Order = "as they are" | "by mean" | "by memory" | "by likeness";
export const ORDERS: Order[] = ["as they are", "by mean", "by memory", "by likeness"];

/** What is shown, and of what. Everything that changes it calls {@link State.changed}. */
export class State {
  /** The positions shown, from first up to last; fractions while zooming. */
  first = 0;
  last: number;
  /** The position that is opened. */
  position: number;
  unit = 0;
  /** The positions brushed, both included; null for none. */
  brush: [number, number] | null = null;
  order: Order = "as they are";
  sortedBy = 0;
  shown: number;
  beside = -1;
  readonly subjects: Subject[];
  private readonly watchers: (() => void)[] = [];
  private waiting = false;

  constructor(readonly about: About) {
    this.subjects = about.models.flatMap((model) => model.layers.map((layer) => ({ model, layer })));
    this.shown = 0;
    if (about.models.length > 1) this.beside = about.models[0].layers.length;
    this.last = about.labels.length;
    this.position = Math.max(0, this.end(this.subjects[0].layer));
  }

  /** The last position of a layer. */
  end(layer: LayerInfo): number {
    return Math.min(this.about.labels.length, layer.first + layer.steps * layer.each) - 1;
  }

  get visible(): Subject[] {
    const found = [this.subjects[this.shown]];
    if (this.beside >= 0) found.push(this.subjects[this.beside]);
    return found;
  }

  step(layer: LayerInfo, position = this.position): number {
    return Math.floor((position - layer.first) / layer.each);
  }

  watch(watcher: () => void): void {
    this.watchers.push(watcher);
  }

  /** Draws anew, once a frame however much has changed. */
  changed(): void {
    if (this.waiting) return;
    this.waiting = true;
    requestAnimationFrame(() => {
      this.waiting = false;
      for (const watcher of this.watchers) watcher();
    });
  }

  open(position: number, unit = this.unit): void {
    this.position = clamp(Math.round(position), 0, this.about.labels.length - 1);
    this.unit = Math.max(0, unit);
    if (this.position < this.first || this.position >= this.last) this.pan(this.position - (this.first + this.last) / 2);
    this.changed();
  }

  /** Makes the positions shown so many times fewer, about one of them. */
  zoom(times: number, about = (this.first + this.last) / 2): void {
    const whole = this.about.labels.length;
    const width = clamp((this.last - this.first) / times, Math.min(8, whole), whole);
    const share = (about - this.first) / (this.last - this.first || 1);
    this.show(about - share * width, width);
  }

  pan(by: number): void {
    this.show(this.first + by, this.last - this.first);
  }

  show(first: number, width: number): void {
    const whole = this.about.labels.length;
    this.first = clamp(first, 0, Math.max(0, whole - width));
    this.last = Math.min(whole, this.first + width);
    this.changed();
  }
}

export function clamp(value: number, low: number, high: number): number {
  return Math.min(high, Math.max(low, value));
}

export function written(value: number | null | undefined, digits = 3): string {
  if (value === null || value === undefined || !Number.isFinite(value)) return "no number";
  if (value === 0) return "0";
  const size = Math.abs(value);
  const text = size >= 1e5 || size < 1e-4 ? value.toExponential(1) : String(Number(value.toPrecision(digits)));
  return text.replace("-", "\u2212");
}
