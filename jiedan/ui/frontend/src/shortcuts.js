// Two-key shortcuts (g o), the command palette (Ctrl+K), and j/k in tables; all off while somebody types.

const typing = (target) => target.closest("input, textarea, select, [contenteditable]");
let first = null;

function go(key) {
  const link = document.querySelector(`[data-shortcut="${CSS.escape(key)}"]`);
  if (link) link.click();
  return Boolean(link);
}

function move(step) {
  const rows = [...document.querySelectorAll("[data-row]")];
  if (rows.length === 0) return;
  const at = rows.findIndex((row) => row.contains(document.activeElement));
  const next = rows[Math.min(rows.length - 1, Math.max(0, at + step))];
  next.querySelector("a")?.focus();
}

export function openPalette() {
  const dialog = document.getElementById("palette");
  if (!dialog) return;
  dialog.showModal();
  dialog.querySelector("input")?.focus();
}

function press(event) {
  if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "k") {
    event.preventDefault();
    openPalette();
    return;
  }
  if (typing(event.target) || event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.key === "j") move(1);
  else if (event.key === "k") move(-1);
  else if (event.key === "?") document.getElementById("shortcuts")?.showModal();
  else if (first && go(`${first} ${event.key}`)) event.preventDefault();
  first = event.key === "g" && first !== "g" ? "g" : null;
}

export function startShortcuts() {
  document.addEventListener("keydown", press);
  document.addEventListener("click", (event) => {
    const opener = event.target.closest("[data-opens]");
    if (opener) {
      event.preventDefault();
      document.getElementById(opener.dataset.opens)?.showModal();
    }
    if (event.target.closest("[data-closes]")) event.target.closest("dialog")?.close();
  });
}
