/** What the page was given: words and figures as JSON, gates and states as arrays. */

export interface LaneInfo {
  key: string;
  kind: "gate" | "state" | "part";
  units: number;
  low: number;
  high: number;
  /** The ends of its range by its equation; null where it has none. */
  ends: [number, number] | null;
  array: number;
}

export interface LayerInfo {
  name: string;
  cell: string;
  steps: number;
  /** The position of its first step, and how many positions each step spans. */
  first: number;
  each: number;
  /** How many steps back in time its former step lies; below 0 if it reads backwards. */
  back: number;
  memory: number[];
  whole: boolean;
  start: Record<string, (number | null)[]>;
  lanes: LaneInfo[];
  parts: LaneInfo[];
  equations: string[];
  complete: boolean;
  keeps: Record<string, string>;
}

export interface Effect {
  gate: string;
  value: number;
  answer: number | null;
}

export interface ModelInfo {
  name: string;
  answer: number | null;
  baseline: number | null;
  forecast: (number | null)[] | null;
  settled: boolean;
  gradients: (number | null)[];
  hidden: (number | null)[];
  effects: Effect[];
  layers: LayerInfo[];
}

export interface About {
  title: string;
  answer: string;
  nothing: string;
  labels: string[];
  between: string;
  notes: string[];
  values: (number | null)[] | null;
  models: ModelInfo[];
}

export function readAbout(): About {
  return JSON.parse(document.getElementById("about")!.textContent!) as About;
}
