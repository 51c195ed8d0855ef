// The field in which a customer draws a signature: what is drawn goes along as a path of whole numbers.
// Without this script the field stays hidden and the typed name counts.

const LONGEST = 18000;

function point(canvas, event) {
  const box = canvas.getBoundingClientRect();
  const x = Math.round(((event.clientX - box.left) / box.width) * canvas.width);
  const y = Math.round(((event.clientY - box.top) / box.height) * canvas.height);
  return [Math.min(canvas.width, Math.max(0, x)), Math.min(canvas.height, Math.max(0, y))];
}

function start(field) {
  const canvas = field.querySelector("canvas");
  const kept = field.querySelector("input[name=drawn]");
  const pen = canvas.getContext("2d");
  let drawing = false;
  pen.lineWidth = 3;
  pen.lineCap = "round";
  pen.lineJoin = "round";
  pen.strokeStyle = getComputedStyle(canvas).color;
  field.hidden = false;
  kept.value = "";
  canvas.addEventListener("pointerdown", (event) => {
    event.preventDefault();
    canvas.setPointerCapture(event.pointerId);
    drawing = true;
    const [x, y] = point(canvas, event);
    pen.beginPath();
    pen.moveTo(x, y);
    kept.value += `${kept.value ? " " : ""}M${x} ${y}`;
  });
  canvas.addEventListener("pointermove", (event) => {
    if (!drawing || kept.value.length > LONGEST) return;
    const [x, y] = point(canvas, event);
    pen.lineTo(x, y);
    pen.stroke();
    kept.value += ` L${x} ${y}`;
  });
  for (const name of ["pointerup", "pointercancel"]) canvas.addEventListener(name, () => (drawing = false));
  field.querySelector("[data-clear]").addEventListener("click", () => {
    pen.clearRect(0, 0, canvas.width, canvas.height);
    kept.value = "";
  });
}

for (const field of document.querySelectorAll("[data-sign]")) start(field);
