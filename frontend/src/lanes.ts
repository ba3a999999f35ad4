import type { LaneInfo } from "./about";
import { color, scale } from "./colors";
import { make } from "./dom";
import { drawHeat, height } from "./heat";
import { readLane } from "./lane";
import { ordered } from "./order";
import { Plot } from "./plots";
import { written, type State, type Subject } from "./state";

export type Hover = (text: string) => void;

/** The lanes of one layer: a heat map for each gate and state. */
export class Lanes {
  readonly element = make("div", { class: "lanes" });
  private readonly drawn: { canvas: HTMLCanvasElement; draw: () => void }[] = [];
  private resting = 0;
  private orders = new Map<string, number[]>();

  constructor(
    readonly subject: Subject,
    private readonly state: State,
    hover: Hover,
  ) {
    this.element.append(make("h3", {}, `${subject.model.name}: ${subject.layer.name}`));
    for (const info of subject.layer.lanes) this.element.append(this.lane(info, hover));
  }

  /** The order of units of a width; they are sorted by one lane, and others of its width with it. */
  units(width: number): number[] {
    const { lanes, steps } = this.subject.layer;
    const by = lanes[Math.min(this.state.sortedBy, lanes.length - 1)];
    const key = `${this.state.order}:${by.key}:${by.kind}:${width}`;
    const known = this.orders.get(key);
    if (known) return known;
    const own = by.units === width;
    const found = own ? ordered(this.state.order, readLane(by, steps), this.subject.layer) : [...Array(width).keys()];
    this.orders.set(key, found);
    return found;
  }

  /** Draws what is near the screen at once, and the rest when things have come to rest. */
  draw(): void {
    clearTimeout(this.resting);
    const near = this.drawn.filter(({ canvas }) => {
      const box = canvas.getBoundingClientRect();
      return box.bottom > -200 && box.top < innerHeight + 200;
    });
    for (const one of near) one.draw();
    const rest = this.drawn.filter((one) => !near.includes(one));
    if (rest.length) this.resting = window.setTimeout(() => rest.forEach((one) => one.draw()), 150);
  }

  private lane(info: LaneInfo, hover: Hover): HTMLElement {
    const { layer } = this.subject;
    const canvas = make("canvas", { role: "img", "aria-label": `${info.kind} ${info.key}: ${info.units} units over ${layer.steps} steps, from ${written(info.low)} to ${written(info.high)}` });
    canvas.style.height = `${height(info.units)}px`;
    const unitAt = (share: number): number => this.units(info.units)[Math.floor(share * info.units)];
    const plot = new Plot(canvas, this.state, (position, share) => hover(position < 0 ? "" : this.told(info, position, unitAt(share))), unitAt);
    this.drawn.push({
      canvas,
      draw: () => drawHeat(canvas, readLane(info, layer.steps), layer, this.units(info.units), this.state),
    });
    return make("div", { class: "lane" }, title(info), plot.element);
  }

  private told(info: LaneInfo, position: number, unit: number): string {
    const { layer } = this.subject;
    const at = Math.floor(position);
    const value = readLane(info, layer.steps).value(unit, this.state.step(layer, at));
    return `${this.state.about.labels[at] ?? ""} \u00b7 unit ${unit} \u00b7 ${info.key} ${written(value)}`;
  }
}

function title(info: LaneInfo): HTMLElement {
  const [low, high] = scale(info);
  const middle = low < 0 ? 0 : (low + high) / 2;
  const stops = [low, middle, high].map((value) => `rgb(${color(info, value).join(",")})`);
  const bar = make("span", { class: "bar" });
  bar.style.background = `linear-gradient(to right, ${stops.join(",")})`;
  const kind = info.kind === "gate" ? "gate" : "state";
  return make("div", { class: "lane-title" }, make("b", {}, info.key), ` ${kind}`, make("span", { class: "legend" }, written(low), bar, written(high)));
}
