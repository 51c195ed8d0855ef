// Forms that copy a field to the clipboard on their way: <form data-copies="id of the field">.
// Without this script, or where the browser keeps the clipboard shut, the field can be selected and copied by hand.

async function copied(field) {
  try {
    await navigator.clipboard.writeText(field.value);
    return true;
  } catch {
    // Over plain http there is no clipboard to write to, only the old way.
    field.select();
    return document.execCommand("copy");
  }
}

export function startCopying() {
  for (const form of document.querySelectorAll("form[data-copies]")) {
    form.addEventListener("submit", async (event) => {
      if (form.dataset.copied) return;
      event.preventDefault();
      const done = await copied(document.getElementById(form.dataset.copies));
      if (!done && !form.dataset.tried) {
        // What couldn't be copied isn't put down as sent; the field stays selected, and a second press puts it down.
        form.dataset.tried = "yes";
        return;
      }
      form.dataset.copied = "yes";
      form.submit();
    });
  }
}
