/** Elements are made and filled by text alone: nothing of the data is ever read as markup. */
export function make<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  attributes: Record<string, string> = {},
  ...children: (Node | string)[]
): HTMLElementTagNameMap[K] {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.append(...children);
  return element;
}

export function section(id: string, heading: string, ...children: (Node | string)[]): HTMLElement {
  return make("section", { "aria-labelledby": id }, make("h2", { id }, heading), ...children);
}

export function button(text: string, label: string, pressed: () => void): HTMLButtonElement {
  const found = make("button", { type: "button", "aria-label": label, title: label }, text);
  found.addEventListener("click", pressed);
  return found;
}

/** A choice with its name before it. */
export function choice(
  name: string,
  options: string[],
  chosen: number,
  picked: (place: number) => void,
): HTMLLabelElement {
  const list = make("select");
  options.forEach((text, place) => {
    const option = make("option", { value: String(place) }, text);
    option.selected = place === chosen;
    list.append(option);
  });
  list.addEventListener("change", () => picked(list.selectedIndex));
  return make("label", { class: "choice" }, make("span", {}, name), list);
}

/** A drawing surface of so many pixels of the style sheet, as fine as the screen. */
export function fit(canvas: HTMLCanvasElement, height: number): CanvasRenderingContext2D {
  const fine = Math.min(2, devicePixelRatio || 1);
  const width = Math.max(1, Math.round(canvas.clientWidth * fine));
  const tall = Math.max(1, Math.round(height * fine));
  if (canvas.width !== width || canvas.height !== tall) {
    canvas.width = width;
    canvas.height = tall;
  }
  return canvas.getContext("2d")!;
}

export function ink(name: string): string {
  return getComputedStyle(document.documentElement).getPropertyValue(name).trim();
}
