/* A long list of choices is narrowed to those that hold what is typed. Without script all of them stand there. */

const words = (text) => text.toLowerCase().split(/\s+/).filter(Boolean);

function narrow(list, text) {
  const wanted = words(text);
  for (const group of list.querySelectorAll("details")) {
    const rows = Array.from(group.querySelectorAll("li"));
    // What is chosen is never out of sight.
    rows.forEach((row) => { row.hidden = !row.querySelector(":checked") && !holds(row, wanted); });
    group.hidden = rows.every((row) => row.hidden);
    if (wanted.length) group.open = true;
  }
}

const holds = (row, wanted) => wanted.every((word) => row.textContent.toLowerCase().includes(word));

function start(box) {
  const list = box.closest("fieldset");
  const field = box.querySelector("input");
  box.hidden = false;
  field.addEventListener("input", () => narrow(list, field.value));
  // Enter is not to send the form.
  field.addEventListener("keydown", (event) => event.key === "Enter" && event.preventDefault());
  // What is missing is to be seen before anybody is taken there.
  window.addEventListener("invalid", (event) => {
    if (!field.value || !list.contains(event.target)) return;
    field.value = "";
    narrow(list, "");
  }, true);
}

document.querySelectorAll("[data-narrow]").forEach(start);
