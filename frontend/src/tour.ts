import "./tour.css";
import { chart, key } from "./chart";
import { button, make } from "./dom";
import { equation } from "./mathml";

export type Language = "en" | "zh";
export type Both = Record<Language, string>;

export interface Frame {
  setting: string;
  says: Both;
  curves: { name: Both; values: number[] }[];
}

interface Stop {
  key: string;
  title: Both;
  text: Both[];
  knob: Both;
  steps: Both;
  start: number;
  cell: string;
  equations: string[];
  frames: Frame[];
}

const about = JSON.parse(document.getElementById("about")!.textContent!) as { language: Language; stops: Stop[] };
const WORDS = {
  title: { en: "A tour of recurrent networks", zh: "循环网络导览" },
  lead: {
    en: "Small networks, run and trained on your computer when this page was made. Each stop has a knob: turn it, and read what the numbers say.",
    zh: "这些小网络在生成本页时就在你的电脑上运行和训练过。每一站都有一个旋钮：转动它，看数字怎么说。",
  },
  other: { en: "中文", zh: "English" },
  equations: { en: "The cell's equations", zh: "单元的公式" },
  stops: { en: "Stops", zh: "各站" },
} satisfies Record<string, Both>;

/** Where each knob stands, whatever the language. */
const places = new Map(about.stops.map((stop) => [stop.key, stop.start]));

function build(language: Language): void {
  document.documentElement.lang = language === "zh" ? "zh-Hans" : "en";
  document.title = WORDS.title[language];
  const other: Language = language === "en" ? "zh" : "en";
  const change = button(WORDS.other[language], WORDS.other[language], () => build(other));
  change.lang = other === "zh" ? "zh-Hans" : "en";
  document.getElementById("top")!.replaceChildren(
    make("div", { class: "tour-head" }, make("h1", {}, WORDS.title[language]), change),
    make("p", { class: "lead" }, WORDS.lead[language]),
  );
  const list = make("ol", {}, ...about.stops.map((stop) => make("li", {}, make("a", { href: `#${stop.key}` }, stop.title[language]))));
  document.getElementById("tour")!.replaceChildren(
    make("nav", { "aria-label": WORDS.stops[language] }, list),
    ...about.stops.map((stop, number) => shown(stop, number + 1, language)),
  );
}

function shown(stop: Stop, number: number, language: Language): HTMLElement {
  const box = make("section", { id: stop.key, "aria-labelledby": `${stop.key}-title` });
  const says = make("p", { class: "says", role: "status", "aria-live": "polite" });
  const setting = make("output");
  const drawing = make("div", { class: "chart" });
  const knob = make("input", { type: "range", min: "0", max: String(stop.frames.length - 1), step: "1", id: `${stop.key}-knob` });
  knob.value = String(places.get(stop.key));
  const turn = (): void => {
    const place = Number(knob.value);
    const frame = stop.frames[place];
    places.set(stop.key, place);
    setting.textContent = frame.setting;
    knob.setAttribute("aria-valuetext", frame.setting);
    says.textContent = frame.says[language];
    drawing.replaceChildren(...chart(stop.frames, frame, stop.steps[language], language));
  };
  knob.addEventListener("input", turn);
  turn();
  box.append(
    make("h2", { id: `${stop.key}-title` }, `${number}. ${stop.title[language]}`),
    ...stop.text.map((one) => make("p", {}, one[language])),
    make("div", { class: "knob" }, make("label", { for: `${stop.key}-knob` }, stop.knob[language]), knob, setting),
    key(stop.frames[0], language),
    drawing,
    says,
  );
  if (stop.equations.length) {
    const lines = make("div", { class: "equations", tabindex: "0", role: "group", "aria-label": `${WORDS.equations[language]}: ${stop.cell}` });
    for (const line of stop.equations) lines.append(equation(line, () => null));
    box.append(make("details", {}, make("summary", {}, `${WORDS.equations[language]} (${stop.cell})`), lines));
  }
  return box;
}

build(about.language);
