// Bundles what the pages need into jiedan/ui/static/build; nothing third-party is checked in.
import { build } from "esbuild";
import { copyFile, mkdir, readFile, writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import path from "node:path";

const here = path.dirname(fileURLToPath(import.meta.url));
const root = path.resolve(here, "../../..");
const out = path.resolve(here, "../static/build");

const ICONS = [
  "home", "clipboard-list", "speakerphone", "book", "calendar", "users", "plug-connected", "bell", "upload", "search", "sun-moon",
  "settings", "logout", "plus", "check", "x", "alert-triangle", "clock", "clock-pause", "circle-check", "arrow-right",
  "chevron-right", "chevron-left", "menu-2", "filter", "refresh", "shield-check", "user", "building", "link", "eye", "scale", "gavel", "building-warehouse",
];

async function sprite() {
  const symbols = await Promise.all(
    ICONS.map(async (name) => {
      const file = path.join(root, "node_modules/@tabler/icons/icons/outline", `${name}.svg`);
      const svg = await readFile(file, "utf8");
      const inner = svg.slice(svg.indexOf(">", svg.indexOf("<svg")) + 1, svg.lastIndexOf("</svg>"));
      return `<symbol id="${name}" viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-width="1.75" stroke-linecap="round" stroke-linejoin="round">${inner}</symbol>`;
    }),
  );
  await writeFile(path.join(out, "icons.svg"), `<svg xmlns="http://www.w3.org/2000/svg">${symbols.join("")}</svg>`);
}

await mkdir(out, { recursive: true });
await Promise.all([
  build({
    entryPoints: { app: path.join(here, "src/app.js"), theme: path.join(here, "src/theme.js"), sign: path.join(here, "src/sign.js") },
    bundle: true,
    minify: true,
    format: "iife",
    target: "es2020",
    outdir: out,
    logLevel: "warning",
  }),
  build({
    entryPoints: { app: path.join(here, "src/app.css") },
    bundle: true,
    minify: true,
    outdir: out,
    loader: { ".svg": "dataurl" },
    logLevel: "error",
  }),
  sprite(),
  copyFile(path.join(here, "src/favicon.svg"), path.join(out, "favicon.svg")),
]);
