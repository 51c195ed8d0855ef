// Long forms keep what was typed in the browser until they are sent: a lost connection loses nothing.

const key = (form) => `draft:${form.dataset.draft}`;

function fields(form) {
  return [...form.elements].filter((item) => item.name && item.type !== "hidden" && item.type !== "password");
}

export function keepDraft(form) {
  const values = fields(form).map((item) => [item.name, item.type === "checkbox" ? item.checked : item.value]);
  localStorage.setItem(key(form), JSON.stringify(values));
}

export function bringBack(form) {
  const stored = localStorage.getItem(key(form));
  if (!stored || form.dataset.answered !== undefined) return false;
  const items = fields(form);
  for (const [index, [name, value]] of JSON.parse(stored).entries()) {
    const item = items[index];
    if (!item || item.name !== name) continue;
    if (item.type === "checkbox") item.checked = value;
    else item.value = value;
  }
  return true;
}

export function startDrafts() {
  for (const form of document.querySelectorAll("form[data-draft]")) {
    if (bringBack(form)) form.querySelector("[data-draft-note]")?.removeAttribute("hidden");
    form.addEventListener("input", () => keepDraft(form));
    form.addEventListener("submit", () => localStorage.removeItem(key(form)));
  }
}

export function startRows() {
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-add-row]");
    if (!button) return;
    const list = document.getElementById(button.dataset.addRow);
    const number = list.children.length;
    const row = list.lastElementChild.cloneNode(true);
    for (const item of row.querySelectorAll("input, select")) {
      item.name = item.name.replace(/^lines\.\d+\./, `lines.${number}.`);
      item.id = item.id.replace(/lines\.\d+\./, `lines.${number}.`);
      if (item.tagName === "INPUT") item.value = item.dataset.start ?? "";
    }
    for (const label of row.querySelectorAll("label")) label.htmlFor = label.htmlFor.replace(/lines\.\d+\./, `lines.${number}.`);
    for (const note of row.querySelectorAll(".invalid-feedback")) note.remove();
    list.append(row);
    row.querySelector("input")?.focus();
  });
}
