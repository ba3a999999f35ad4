import type { LaneInfo } from "./about";
import { NOTHING } from "./lane";

type Rgb = [number, number, number];

const LIGHT = { page: [247, 248, 250], low: [214, 94, 0], high: [0, 90, 160], none: [255, 255, 255] };
const DARK = { page: [22, 27, 34], low: [255, 159, 64], high: [110, 190, 255], none: [0, 0, 0] };

const scheme = matchMedia("(prefers-color-scheme: dark)");

const dark = (): boolean => scheme.matches;

function mixed(from: number[], to: number[], share: number): Rgb {
  return [0, 1, 2].map((n) => Math.round(from[n] + (to[n] - from[n]) * share)) as Rgb;
}

/** From 0, on the page's own ground, to the greatest; values below 0 in another colour. */
export function color(info: LaneInfo, value: number): Rgb {
  const palette = dark() ? DARK : LIGHT;
  const [low, high] = scale(info);
  if (low >= 0) return mixed(palette.page, palette.high, (value - low) / (high - low || 1));
  const most = Math.max(-low, high) || 1;
  return mixed(palette.page, value < 0 ? palette.low : palette.high, Math.min(1, Math.abs(value) / most));
}

/** Between which values a lane is coloured. */
export function scale(info: LaneInfo): [number, number] {
  return info.ends ?? [info.low, info.high];
}

/** The colour of each value, as pixels hold it. */
export function table(info: LaneInfo): Uint32Array {
  const found = new Uint32Array(4097);
  for (let place = 0; place < 4096; place++) {
    const value = info.low + ((place * 16 + 8) / 65534) * (info.high - info.low);
    const [r, g, b] = color(info, value);
    found[place] = (255 << 24) | (b << 16) | (g << 8) | r;
  }
  const [r, g, b] = (dark() ? DARK : LIGHT).none;
  found[4096] = (255 << 24) | (b << 16) | (g << 8) | r;
  return found;
}

export const placeOf = (value: number): number => (value === NOTHING ? 4096 : value >> 4);
