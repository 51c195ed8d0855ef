// Live countdowns: every element with data-due is re-read each second; quiet for screen readers.
import { reading } from "./countdown.js";

const moment = (text) => (text ? Date.parse(text) : null);

function clockOf(element) {
  if (!element.clock) {
    const windows = JSON.parse(document.getElementById("work-windows")?.textContent ?? "[]");
    element.clock = {
      due: moment(element.dataset.due),
      warn: moment(element.dataset.warn),
      windows: windows.map(([start, end]) => [moment(start), moment(end)]),
    };
  }
  return element.clock;
}

export function tick(offset) {
  const source = document.getElementById("clock-words");
  if (!source) return;
  const words = JSON.parse(source.textContent);
  const now = Date.now() + offset;
  for (const element of document.querySelectorAll("[data-due]")) {
    const { state, text } = reading(clockOf(element), now, words);
    if (element.dataset.state !== state) element.dataset.state = state;
    const label = element.querySelector("[data-reading]");
    if (label && label.textContent !== text) label.textContent = text;
  }
}

export function startClocks() {
  const served = moment(document.documentElement.dataset.now);
  const offset = served ? served - Date.now() : 0;
  tick(offset);
  setInterval(() => tick(offset), 1000);
  document.body.addEventListener("htmx:afterSettle", () => tick(offset));
}
