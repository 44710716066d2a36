// Sends a chosen file in pieces; one that was sent in part goes on when the same file is chosen again.
import { carry } from "./sending-panel.js";
import { findUnfinished, markOf } from "./sending.js";

const form = document.getElementById("upload");
const button = form.querySelector("button");
const fault = form.querySelector(".sending-fault");
const known = form.querySelector(".known");
const { file: input, title } = form.elements;
let suggested = "";

function suggestTitle(file) {
  if (title.value !== "" && title.value !== suggested) return;
  suggested = file.name.replace(/\.[^.]+$/, "").replace(/[_-]+/g, " ").slice(0, title.maxLength);
  title.value = suggested;
}

async function choose() {
  const [file] = input.files;
  known.textContent = "";
  fault.hidden = true;
  if (!file) return;
  suggestTitle(file);
  const begun = await findUnfinished(markOf(file), file.size).catch(() => undefined);
  if (!begun || input.files[0] !== file) return;
  title.value = begun.title;
  known.textContent = form.dataset.known.replace("{percent}", Math.floor((begun.offset / begun.size) * 100));
}

async function send(event) {
  event.preventDefault();
  const [file] = input.files;
  if (file.size > Number(form.dataset.maxBytes)) {
    fault.hidden = false;
    fault.textContent = form.dataset.tooLarge;
    return;
  }
  button.disabled = true;
  const sha256 = await carry(form, file, { title: title.value, name: file.name, mark: markOf(file) });
  button.disabled = false;
  if (sha256) location.assign(form.dataset.then + sha256);
}

input.addEventListener("change", choose);
form.addEventListener("submit", send);
choose(); // on a slow line the file may have been chosen before this ran
