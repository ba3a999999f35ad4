import { clamp, type State } from "./state";

/** What the keys do while the plots have the focus. */
export function listen(element: HTMLElement, state: State): void {
  element.addEventListener("keydown", (event) => {
    if (event.target !== element) return;
    const done = act(event, state);
    if (done) event.preventDefault();
  });
}

function act(event: KeyboardEvent, state: State): boolean {
  const end = state.about.labels.length - 1;
  const far = event.altKey || event.ctrlKey ? Math.max(1, Math.round((state.last - state.first) / 10)) : 1;
  switch (event.key) {
    case "ArrowLeft":
      return event.shiftKey ? brush(state, -far) : open(state, state.position - far);
    case "ArrowRight":
      return event.shiftKey ? brush(state, far) : open(state, state.position + far);
    case "ArrowUp":
      return open(state, state.position, state.unit - 1);
    case "ArrowDown":
      return open(state, state.position, state.unit + 1);
    case "Home":
      return open(state, 0);
    case "End":
      return open(state, end);
    case "+":
    case "=":
      return zoom(state, 1.5);
    case "-":
      return zoom(state, 1 / 1.5);
    case "0":
      state.show(0, end + 1);
      return true;
    case "Escape":
      state.brush = null;
      state.changed();
      return true;
  }
  return false;
}

function open(state: State, position: number, unit = state.unit): boolean {
  const most = Math.max(...state.visible.flatMap((one) => one.layer.lanes.map((lane) => lane.units)));
  state.open(position, clamp(unit, 0, most - 1));
  return true;
}

function zoom(state: State, times: number): boolean {
  state.zoom(times, state.position + 0.5);
  return true;
}

/** Moves the end of the brushed range at which the opened step is. */
function brush(state: State, by: number): boolean {
  const [first, last] = state.brush ?? [state.position, state.position];
  const fixed = state.position === first ? last : first;
  const moved = clamp(state.position + by, 0, state.about.labels.length - 1);
  state.brush = [Math.min(fixed, moved), Math.max(fixed, moved)];
  state.open(moved);
  return true;
}
