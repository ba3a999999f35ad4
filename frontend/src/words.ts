import { make } from "./dom";
import type { State } from "./state";

/** A text along the top: each word by what it does to the answer; a click opens its step. */
export class Words {
  readonly element = make("div", { class: "text", role: "group", "aria-label": "The text" });
  private readonly spans: HTMLElement[];

  constructor(private readonly state: State) {
    this.spans = state.about.labels.map((word, position) => {
      const span = make("span", {}, word);
      span.addEventListener("click", () => state.open(position));
      return span;
    });
    this.spans.forEach((span) => this.element.append(span, state.about.between));
  }

  draw(weights: (number | null)[]): void {
    const most = Math.max(...weights.map((v) => Math.abs(v ?? 0)), 1e-12);
    this.spans.forEach((span, position) => {
      const weight = (weights[position] ?? 0) / most;
      span.style.setProperty("--share", `${Math.round(Math.abs(weight) * 55)}%`);
      span.className = weight < 0 ? "against" : "for";
      if (position === this.state.position) span.classList.add("open");
    });
  }
}
