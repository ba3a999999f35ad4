import { clamp, type State } from "./state";

/** How far a pointer moves before it is a drag. */
const STILL = 6;

interface Marks {
  cursor: HTMLElement;
  brush: HTMLElement;
}

/** A plot over time: click opens a step, a drag brushes, the wheel and two fingers zoom. */
export class Plot {
  readonly element: HTMLElement;
  private readonly marks: Marks;
  private readonly fingers = new Map<number, number>();
  private start: number | null = null;
  private dragging = false;
  private spread = 0;

  constructor(
    readonly canvas: HTMLCanvasElement,
    private readonly state: State,
    private readonly hovered: (position: number, share: number) => void,
    private readonly unitAt: (share: number) => number | null = () => null,
  ) {
    this.marks = { cursor: mark("cursor"), brush: mark("brushed") };
    this.element = document.createElement("div");
    this.element.className = "plot";
    this.element.append(canvas, this.marks.brush, this.marks.cursor);
    this.listen();
    state.watch(() => this.place());
  }

  private position(x: number): number {
    const box = this.canvas.getBoundingClientRect();
    const share = clamp((x - box.left) / box.width, 0, 1);
    return this.state.first + share * (this.state.last - this.state.first);
  }

  private share(y: number): number {
    const box = this.canvas.getBoundingClientRect();
    return clamp((y - box.top) / box.height, 0, 0.9999);
  }

  private listen(): void {
    const on = this.element;
    on.addEventListener("pointerdown", (event) => this.down(event));
    on.addEventListener("pointermove", (event) => this.move(event));
    on.addEventListener("pointerup", (event) => this.up(event));
    on.addEventListener("pointercancel", (event) => this.forget(event));
    on.addEventListener("pointerleave", () => this.hovered(-1, 0));
    on.addEventListener("wheel", (event) => this.wheel(event), { passive: false });
  }

  private down(event: PointerEvent): void {
    this.fingers.set(event.pointerId, event.clientX);
    this.element.setPointerCapture(event.pointerId);
    this.start = event.clientX;
    this.dragging = false;
    this.spread = this.apart();
  }

  private move(event: PointerEvent): void {
    this.hovered(this.position(event.clientX), this.share(event.clientY));
    if (!this.fingers.has(event.pointerId)) return;
    const former = this.fingers.get(event.pointerId)!;
    this.fingers.set(event.pointerId, event.clientX);
    if (this.fingers.size === 2) {
      this.pinch(event.clientX - former);
    } else if (this.start !== null && (this.dragging || Math.abs(event.clientX - this.start) > STILL)) {
      this.dragging = true;
      const ends = [this.position(this.start), this.position(event.clientX)].map(Math.floor).sort((a, b) => a - b);
      this.state.brush = [ends[0], Math.min(ends[1], this.state.about.labels.length - 1)];
      this.state.changed();
    }
  }

  private pinch(moved: number): void {
    this.start = null;
    const now = this.apart();
    const middle = [...this.fingers.values()].reduce((sum, x) => sum + x, 0) / 2;
    if (this.spread > 10 && now > 10) this.state.zoom(now / this.spread, this.position(middle));
    this.state.pan((-moved / 2 / this.canvas.clientWidth) * (this.state.last - this.state.first));
    this.spread = now;
  }

  private apart(): number {
    const xs = [...this.fingers.values()];
    return xs.length === 2 ? Math.abs(xs[0] - xs[1]) : 0;
  }

  private up(event: PointerEvent): void {
    if (this.start !== null && !this.dragging) {
      const unit = this.unitAt(this.share(event.clientY));
      this.state.open(Math.floor(this.position(event.clientX)), unit ?? this.state.unit);
    }
    this.forget(event);
  }

  private forget(event: PointerEvent): void {
    this.fingers.delete(event.pointerId);
    this.start = null;
  }

  private wheel(event: WheelEvent): void {
    // A page must still scroll: only a wheel that is meant for the plot is taken.
    if (Math.abs(event.deltaX) > Math.abs(event.deltaY)) {
      event.preventDefault();
      this.state.pan((event.deltaX / this.canvas.clientWidth) * (this.state.last - this.state.first));
    } else if (event.ctrlKey || event.metaKey || event.altKey || event.shiftKey) {
      event.preventDefault();
      this.state.zoom(Math.exp(-event.deltaY / 300), this.position(event.clientX));
    }
  }

  /** Puts the marks where the opened step and the brushed range are. */
  private place(): void {
    const { first, last, position, brush } = this.state;
    const percent = (at: number): number => ((at - first) / (last - first)) * 100;
    set(this.marks.cursor, percent(position), percent(position + 1));
    if (brush) set(this.marks.brush, percent(brush[0]), percent(brush[1] + 1));
    else this.marks.brush.style.display = "none";
  }
}

function mark(name: string): HTMLElement {
  const found = document.createElement("div");
  found.className = name;
  return found;
}

function set(element: HTMLElement, left: number, right: number): void {
  const from = clamp(left, 0, 100);
  const to = clamp(right, 0, 100);
  element.style.display = to > from || (left >= 0 && left <= 100) ? "block" : "none";
  element.style.left = `${from}%`;
  element.style.width = `${Math.max(0, to - from)}%`;
}
