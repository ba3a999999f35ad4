import { defineConfig } from "vite";

// One script and one style sheet, which recurra puts into each page it writes.
export default defineConfig({
  build: {
    target: "es2022",
    outDir: "../src/recurra/explain/pages",
    emptyOutDir: false,
    copyPublicDir: false,
    lib: { entry: "src/main.ts", formats: ["iife"], name: "viewer", fileName: () => "viewer.js", cssFileName: "viewer" },
  },
});
