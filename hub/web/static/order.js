// Small comforts of the order form; it works without them.
(() => {
  "use strict";
  const form = document.getElementById("order");
  const all = document.getElementById("all");
  const boxes = [...form.querySelectorAll("input[name=nodes]")];
  const dateTime = document.getElementById("date-time");
  const repeat = document.getElementById("repeat");
  const patience = document.getElementById("patience");
  const quick = document.getElementById("quick");

  function isEveryOneChosen() {
    return boxes.every((box) => box.checked);
  }

  function nameButton() {
    all.textContent = isEveryOneChosen() ? all.dataset.none : all.dataset.all;
  }

  function showDateTime() {
    const when = form.elements.when.value;
    dateTime.hidden = when !== "later";
    repeat.hidden = when !== "repeat";
    for (const input of dateTime.querySelectorAll("input")) input.required = when === "later";
    form.elements.rule.required = when === "repeat";
  }

  function showSource() {
    const isStream = form.elements.source.value === "stream";
    for (const part of form.querySelectorAll("[data-source]")) {
      part.hidden = part.dataset.source !== form.elements.source.value;
      for (const input of part.querySelectorAll("input, select")) input.disabled = part.hidden;
    }
    form.elements.recording.required = !isStream;
    form.elements.stream.required = isStream;
    form.elements.minutes.required = isStream;
  }

  function showPatience() {
    patience.hidden = form.elements.priority.value !== "priority";
  }

  function fillRule(event) {
    const rule = event.target.dataset.rule;
    if (!rule) return;
    form.elements.rule.value = rule;
    form.elements.rule.dispatchEvent(new Event("input", { bubbles: true }));
  }

  // Recordings by their words, into every list of them; what was chosen stays chosen.
  const find = form.elements.find;
  let asked = 0;
  async function search() {
    const turn = ++asked;
    const answer = await fetch(`${find.dataset.find}?find=${encodeURIComponent(find.value)}`);
    if (!answer.ok || turn !== asked) return;
    const found = document.createElement("template");
    found.innerHTML = await answer.text();
    const count = found.content.querySelectorAll("option").length;
    const says = count ? find.dataset.some.replace("{count}", count) : find.dataset.none;
    document.getElementById("found").textContent = says;
    for (const list of form.querySelectorAll("select[data-recordings]")) fill(list, found.content);
    if (count === 1 && form.elements.recording.value === "") {
      form.elements.recording.selectedIndex = 1;
      suggestTitle();
    }
  }

  function fill(list, found) {
    const kept = list.value;
    for (const option of [...list.options]) if (option.value !== "" && option.value !== kept) option.remove();
    for (const option of found.querySelectorAll("option")) if (option.value !== kept) list.add(option.cloneNode(true));
  }

  if (find) {
    document.getElementById("search").remove();
    let waiting = 0;
    find.addEventListener("input", () => {
      clearTimeout(waiting);
      waiting = setTimeout(search, 250);
    });
    find.addEventListener("keydown", (event) => {
      if (event.key === "Enter") event.preventDefault();
    });
  }

  let suggested = "";
  function suggestTitle() {
    const chosen = form.elements.recording.selectedOptions[0];
    const title = form.elements.title;
    if (title.value !== "" && title.value !== suggested) return;
    suggested = (chosen && chosen.dataset.title) || "";
    title.value = suggested;
  }

  quick.hidden = false;
  quick.addEventListener("click", fillRule);
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
    if (event.target.name === "source") showSource();
    if (event.target.name === "priority") showPatience();
  });
  nameButton();
  showDateTime();
  showSource();
  showPatience();
  suggestTitle();
})();
