// Drives pages in Chromium as a reader would, and says what it saw as JSON: node drive.mjs CHROMIUM < jobs
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { chromium } from "playwright-core";

const require = createRequire(import.meta.url);
const axe = readFileSync(require.resolve("axe-core/axe.min.js"), "utf8");
const jobs = JSON.parse(readFileSync(0, "utf8"));
const browser = await chromium.launch({ executablePath: process.argv[2], args: ["--no-sandbox"] });

/** A page of its own, on which every request and every word in the console is noted. */
async function opened(job) {
  const context = await browser.newContext({
    viewport: { width: job.width ?? 1200, height: 900 },
    colorScheme: job.scheme ?? "light",
    hasTouch: Boolean(job.touch),
    offline: true,
    // axe is put into the page from outside, which the page's own policy would refuse.
    bypassCSP: Boolean(job.axe),
  });
  const page = await context.newPage();
  const seen = { requests: [], console: [], errors: [], dialogs: 0 };
  page.on("request", (one) => one.url() !== job.url && seen.requests.push(one.url()));
  // That of reading pixels is of the driver's own doing.
  page.on("console", (one) => one.text().includes("willReadFrequently") || seen.console.push(`${one.type()}: ${one.text()}`));
  page.on("pageerror", (one) => seen.errors.push(one.message));
  page.on("dialog", (one) => (seen.dialogs++, one.dismiss()));
  const from = Date.now();
  await page.goto(job.url, { waitUntil: "load" });
  await page.waitForFunction(() => document.querySelector(".equations, .cell, .chart"));
  await page.waitForTimeout(250);
  seen.ready = Date.now() - from - 250;
  return { page, context, seen };
}

const actions = {
  async told(page) {
    return page.textContent(".told");
  },
  async key(page, key) {
    await page.focus(".plots");
    for (const one of key.split(" ")) await page.keyboard.press(one);
    await page.waitForTimeout(80);
    return page.textContent(".told");
  },
  async click(page, [selector, x, y]) {
    await page.locator(selector).first().scrollIntoViewIfNeeded();
    const box = await page.locator(selector).first().boundingBox();
    await page.mouse.click(box.x + x * box.width, box.y + y * box.height);
    await page.waitForTimeout(80);
    return page.textContent(".told");
  },
  async tap(page, [selector, x, y]) {
    const place = page.locator(selector).first();
    await place.scrollIntoViewIfNeeded();
    const box = await place.boundingBox();
    await page.touchscreen.tap(box.x + x * box.width, box.y + y * box.height);
    await page.waitForTimeout(80);
    return page.textContent(".told");
  },
  async brush(page, [selector, from, to]) {
    await page.locator(selector).first().scrollIntoViewIfNeeded();
    const box = await page.locator(selector).first().boundingBox();
    const y = box.y + box.height / 2;
    await page.mouse.move(box.x + from * box.width, y);
    await page.mouse.down();
    await page.mouse.move(box.x + to * box.width, y, { steps: 4 });
    await page.mouse.up();
    await page.waitForTimeout(120);
    return page.locator("section:has(#brush-heading)").innerText();
  },
  async choose(page, [label, option]) {
    await page.locator(`label.choice:has(span:text-is("${label}")) select`).selectOption({ label: option });
    await page.waitForTimeout(250);
    return page.locator(".lanes h3").allTextContents();
  },
  async texts(page, selector) {
    return page.locator(selector).allInnerTexts();
  },
  async count(page, selector) {
    return page.locator(selector).count();
  },
  /** Turns the knob of a stop of the tour by keys, and reads what is then said. */
  async turn(page, [stop, key]) {
    await page.locator(`#${stop}-knob`).focus();
    await page.keyboard.press(key);
    return page.textContent(`#${stop} .says`);
  },
  /** Turns a knob of the tour from its one end to the other: all that it and the sentence say. */
  async sweep(page, stop) {
    const knob = page.locator(`#${stop}-knob`);
    await knob.focus();
    await page.keyboard.press("Home");
    const said = [];
    for (let place = 0; place <= Number(await knob.getAttribute("max")); place++) {
      said.push([await page.textContent(`#${stop} output`), await page.textContent(`#${stop} .says`)]);
      await page.keyboard.press("ArrowRight");
    }
    return said;
  },
  async press(page, name) {
    await page.getByRole("button", { name }).click();
    return page.textContent("h1");
  },
  async width(page) {
    return page.evaluate(() => [document.documentElement.scrollWidth, innerWidth]);
  },
  async paint(page) {
    return page.evaluate(() => performance.getEntriesByName("first-contentful-paint")[0]?.startTime ?? null);
  },
  /** The colour in the middle of a pixel of a canvas, at shares of its width and height. */
  async pixel(page, [selector, x, y]) {
    return page.evaluate(
      ([s, a, b]) => {
        const canvas = document.querySelectorAll(s)[0];
        const at = [Math.floor(a * canvas.width), Math.floor(b * canvas.height)];
        return [...canvas.getContext("2d").getImageData(...at, 1, 1).data];
      },
      [selector, x, y],
    );
  },
  /** Frames a second while the wheel zooms and the pointer moves over a lane. */
  async frames(page, selector) {
    const box = await page.locator(selector).first().boundingBox();
    await page.evaluate(() => {
      window.frames_ = [];
      const tick = (now) => (window.frames_.push(now), requestAnimationFrame(tick));
      requestAnimationFrame(tick);
    });
    await page.keyboard.down("Control");
    for (let n = 0; n < 40; n++) {
      await page.mouse.move(box.x + box.width * (0.3 + n / 100), box.y + box.height / 2);
      await page.mouse.wheel(0, n < 20 ? -60 : 60);
      await page.waitForTimeout(10);
    }
    await page.keyboard.up("Control");
    return page.evaluate(() => {
      const gaps = window.frames_.slice(1).map((now, n) => now - window.frames_[n]);
      return { mean: 1000 / (gaps.reduce((a, b) => a + b, 0) / gaps.length), worst: Math.max(...gaps) };
    });
  },
  async axe(page) {
    await page.evaluate(axe);
    const found = await page.evaluate(() => window.axe.run(document, { resultTypes: ["violations"] }));
    return found.violations.map((one) => `${one.id}: ${one.nodes.map((node) => node.html.slice(0, 90)).join(" | ")}`);
  },
  async shot(page, [path, selector]) {
    await page.waitForTimeout(300);
    if (selector) await page.locator(selector).screenshot({ path });
    else await page.screenshot({ path, fullPage: true });
    return path;
  },
};

const answers = [];
for (const job of jobs) {
  const { page, context, seen } = await opened(job);
  const found = [];
  for (const [name, given] of job.actions) found.push(await actions[name](page, given));
  answers.push({ ...seen, found });
  await context.close();
}
await browser.close();
console.log(JSON.stringify(answers));
