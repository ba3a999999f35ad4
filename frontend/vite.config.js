import { defineConfig } from "vite";

// A script and a style sheet for each page, which recurra puts into the pages it writes:
// PAGE=viewer for recurra explain, PAGE=tour for recurra learn.
const pages = {
  viewer: { entry: "src/main.ts", outDir: "../src/recurra/explain/pages" },
  tour: { entry: "src/tour.ts", outDir: "../src/recurra/tour/pages" },
};
const name = process.env.PAGE ?? "viewer";
const { entry, outDir } = pages[name];

export default defineConfig({
  build: {
    target: "es2022",
    outDir,
    emptyOutDir: false,
    copyPublicDir: false,
    lib: { entry, formats: ["iife"], name, fileName: () => `${name}.js`, cssFileName: name },
  },
});
