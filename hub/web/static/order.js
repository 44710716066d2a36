// Small comforts of the order form; it works without them.
(() => {
  "use strict";
  const form = document.getElementById("order");
  const all = document.getElementById("all");
  const boxes = [...form.querySelectorAll("input[name=nodes]")];
  const dateTime = document.getElementById("date-time");

  function isEveryOneChosen() {
    return boxes.every((box) => box.checked);
  }

  function nameButton() {
    all.textContent = isEveryOneChosen() ? all.dataset.none : all.dataset.all;
  }

  function showDateTime() {
    const isNow = form.elements.when.value === "now";
    dateTime.hidden = isNow;
    for (const input of dateTime.querySelectorAll("input")) input.required = !isNow;
  }

  let suggested = "";
  function suggestTitle() {
    const chosen = form.elements.recording.selectedOptions[0];
    const title = form.elements.title;
    if (title.value !== "" && title.value !== suggested) return;
    suggested = (chosen && chosen.dataset.title) || "";
    title.value = suggested;
  }

  all.hidden = boxes.length < 2;
  all.addEventListener("click", () => {
    const wanted = !isEveryOneChosen();
    for (const box of boxes) box.checked = wanted;
    nameButton();
  });
  form.addEventListener("change", (event) => {
    if (event.target.name === "nodes") nameButton();
    if (event.target.name === "when") showDateTime();
    if (event.target.name === "recording") suggestTitle();
  });
  nameButton();
  showDateTime();
  suggestTitle();
})();
