// The recorder's page: from the red button to the order form. Here the buttons meet what they do (record-take.js,
// review-take.js), and what another visit left unsaved is offered.
import * as kept from "./kept-takes.js";
import { chooseMicrophone, finish, goOn, press, showMicrophones } from "./record-take.js";
import { $, $$, enter, length, now, said } from "./recorder.js";
import { cutSilence, discard, keepAbout, listen, review, save, undo } from "./review-take.js";
import { Take } from "./take.js";

function momentOf(ms) {
  const at = new Date(ms);
  const isToday = at.toDateString() === new Date().toDateString();
  const day = isToday ? {} : { day: "2-digit", month: "2-digit" };
  return at.toLocaleString(document.documentElement.lang, { hour: "2-digit", minute: "2-digit", ...day });
}

async function showLeft() {
  for (const each of await kept.left(said.user).catch(() => [])) {
    const notice = $("template.left").content.cloneNode(true).firstElementChild;
    const found = new Take(each.rate);
    for (const { samples } of each.pieces) found.add(samples);
    notice.querySelector("p").textContent = said.unsaved
      .replace("{time}", momentOf(each.begunAt)).replace("{length}", length(found.durationS));
    notice.querySelector(".reopen").onclick = () => {
      if (now.state !== "idle") return;
      for (const other of $$(".left-behind")) other.remove();
      reopen(each, found);
    };
    notice.querySelector(".drop").onclick = async () => {
      await kept.drop(each.id);
      notice.remove();
    };
    $(".lefts").append(notice);
  }
}

function reopen({ pieces, ...rest }, found) {
  [now.about, now.take] = [rest, found];
  kept.hold(now.about.id);
  if (now.take.durationS < Number(said.leastS)) goOn(pieces.length);
  else review(now.about.trim);
}

function isHere() {
  if (!window.isSecureContext || !navigator.mediaDevices?.getUserMedia) return "insecure";
  return window.AudioWorkletNode ? "" : "old";
}

const hindrance = isHere();
if (hindrance) {
  $(`[data-hindrance=${hindrance}]`).hidden = false;
  document.querySelector(".phone-recorder").open = true;
  enter("hindered");
} else {
  enter("idle");
  $(".record").addEventListener("click", press);
  $(".finish").addEventListener("click", () => finish());
  $(".listen").addEventListener("click", listen);
  $(".cut-silence").addEventListener("click", cutSilence);
  $(".undo").addEventListener("click", undo);
  $("form.save").addEventListener("submit", save);
  $("[name=title]").addEventListener("change", keepAbout);
  $(".discard").addEventListener("click", discard);
  $("[name=microphone]").addEventListener("change", (event) => chooseMicrophone(event.target.value));
  navigator.mediaDevices.addEventListener("devicechange", showMicrophones);
  showMicrophones();
}
showLeft();

window.addEventListener("beforeunload", (event) => {
  if (["recording", "paused", "review", "sending"].includes(now.state)) event.preventDefault();
});
