import htmx from "htmx.org";
import { startClocks } from "./clocks.js";
import { startCopying } from "./copying.js";
import { startDrafts, startRows } from "./drafts.js";
import { startShortcuts } from "./shortcuts.js";

htmx.config.allowEval = false;
htmx.config.includeIndicatorStyles = false;
htmx.config.scrollBehavior = "auto";
// Refusals come back with the page that explains them: show it.
htmx.config.responseHandling = [
  { code: "204", swap: false },
  { code: "[23]..", swap: true },
  { code: "403|409|412|422", swap: true },
  { code: "[45]..", swap: false, error: true },
];

document.addEventListener("htmx:responseError", () => document.getElementById("lost")?.removeAttribute("hidden"));
document.addEventListener("htmx:sendError", () => document.getElementById("lost")?.removeAttribute("hidden"));
document.addEventListener("change", (event) => {
  if (event.target.matches("[data-submits]")) event.target.form.requestSubmit();
});

startClocks();
startShortcuts();
startDrafts();
startCopying();
startRows();
