// A take that was recorded: listened to, trimmed, saved and carried to the order form, or thrown away.
import * as kept from "./kept-takes.js";
import { $, $$, complain, enter, exactly, length, now, root, said } from "./recorder.js";
import { carry } from "./sending-panel.js";
import { Trimmer } from "./trimmer.js";

const player = $("audio");
const trimmer = new Trimmer($(".trimmer"), Number(said.leastS), sayHandle, showKept);
player.addEventListener("ended", stopListening);

function sayHandle(part, seconds) {
  return said[part].replace("{at}", exactly(seconds));
}

export function review(trim = null) {
  enter("review");
  $("[name=title]").value = now.about.title;
  trimmer.show(now.take, trim);
  $(".listen").focus();
}

export function cutSilence() {
  trimmer.keep(now.take.sounding());
}

export function undo() {
  trimmer.undo();
}

function showKept() {
  const [from, to] = trimmer.kept;
  $(".kept-length").textContent = said.kept.replace("{kept}", exactly(to - from)).replace("{all}", exactly(now.take.durationS));
  $(".undo").disabled = !trimmer.canUndo;
  stopListening();
  keepAbout();
}

export function keepAbout() {
  now.about = { ...now.about, title: $("[name=title]").value, trim: trimmer.kept };
  kept.put(now.about).catch(() => {}); // the samples are what counts
}

export async function listen() {
  if (!player.paused) return stopListening();
  const [from, to] = trimmer.kept;
  player.src = URL.createObjectURL(now.take.wav(from, to));
  showPlaying(true);
  await player.play();
  follow(from);
}

function showPlaying(isPlaying) {
  for (const part of $$("[data-playing]")) part.hidden = (part.dataset.playing === "yes") !== isPlaying;
}

function follow(from) {
  if (player.paused) return;
  trimmer.playAt(from + player.currentTime);
  requestAnimationFrame(() => follow(from));
}

function stopListening() {
  player.pause();
  if (player.src) URL.revokeObjectURL(player.src);
  player.removeAttribute("src");
  showPlaying(false);
  if (trimmer.headS !== null) trimmer.playAt(null);
}

export async function save(event) {
  event.preventDefault();
  stopListening();
  complain("");
  const [from, to] = trimmer.kept;
  const title = $("[name=title]").value;
  enter("sending");
  trimmer.isLocked = true;
  const mark = `${now.about.id}/${from.toFixed(2)}-${to.toFixed(2)}/${title}`;
  const carried = carry(root, now.take.wav(from, to), { title, name: "", mark });
  $(".sending .pause").focus();
  const sha256 = await carried;
  trimmer.isLocked = false;
  if (!sha256) {
    enter("review");
    return $("form.save button").focus();
  }
  await kept.drop(now.about.id).catch(() => {});
  enter("saved");
  return location.assign(said.then + sha256);
}

export async function discard() {
  stopListening();
  await kept.drop(now.about.id).catch(() => {});
  [now.take, now.about] = [null, null];
  $(".confirm").open = false;
  $(".elapsed").textContent = length();
  enter("idle");
  $(".record").focus();
}
