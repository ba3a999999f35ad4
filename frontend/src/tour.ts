import "./tour.css";
import { boxes, chart, key } from "./chart";
import { button, make } from "./dom";
import { equation } from "./mathml";

export type Language = "en" | "zh";
export type Both = Record<Language, string>;

export interface Frame {
  setting: Both;
  says: Both;
  marks: number[];
  curves: { name: Both; values: number[] }[];
}

interface Stop {
  key: string;
  title: Both;
  text: Both[];
  knob: Both;
  steps: Both;
  start: number;
  boxes: boolean;
  cell: string;
  equations: string[];
  frames: Frame[];
}

const about = JSON.parse(document.getElementById("about")!.textContent!) as { language: Language; stops: Stop[] };
const WORDS = {
  title: { en: "A tour of recurrent networks", zh: "循环神经网络导览" },
  lead: {
    en: "These small networks ran on your computer when this page was made, and the last one was trained there. Each stop has a knob: drag it, or use the arrow keys, and read what the numbers say. Each stop builds on those before it.",
    zh: "这些小网络是生成本页时在你的电脑上运行的，最后一个还在那里训练过。每一站都有一个滑块：拖动它（或用方向键），看数字怎么变。后面的站会用到前面讲过的内容。",
  },
  other: { en: "中文", zh: "English" },
  equations: { en: "The equations of Recurra's cell", zh: "公式：Recurra 的单元" },
  stops: { en: "Stops", zh: "目录" },
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
    setting.textContent = frame.setting[language];
    knob.setAttribute("aria-valuetext", frame.setting[language]);
    says.textContent = frame.says[language];
    const along = stop.steps[language];
    drawing.replaceChildren(...(stop.boxes ? boxes(frame, along, language) : chart(stop.frames, frame, along, language)));
  };
  knob.addEventListener("input", turn);
  turn();
  box.append(
    make("h2", { id: `${stop.key}-title` }, `${number}. ${stop.title[language]}`),
    ...stop.text.map((one) => make("p", {}, one[language])),
    make("div", { class: "knob" }, make("label", { for: `${stop.key}-knob` }, stop.knob[language]), knob, setting),
    ...(stop.boxes ? [] : [key(stop.frames[0], language)]),
    drawing,
    says,
  );
  if (stop.equations.length) {
    const lines = make("div", { class: "equations", tabindex: "0", role: "group", "aria-label": `${WORDS.equations[language]} ${stop.cell}` });
    for (const line of stop.equations) lines.append(equation(line, () => null));
    box.append(make("details", {}, make("summary", {}, `${WORDS.equations[language]} `, make("code", {}, stop.cell)), lines));
  }
  return box;
}

build(about.language);
