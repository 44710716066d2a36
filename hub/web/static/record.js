// The recorder's page: from the red button to the order form. Which parts show is said by the state each belongs to
// (data-when); what is recorded is kept in this browser until it is saved or thrown away.
import { Capture, microphones } from "./capture.js";
import * as kept from "./kept-takes.js";
import { carry } from "./sending-panel.js";
import { Take, judge, scale } from "./take.js";
import { Trimmer } from "./trimmer.js";

const KEEP_EVERY_S = 1;
const JUDGED_PIECES = 20; // two seconds
const NEAR_END_S = 60;
const DEVICE = "loa-microphone";

const root = document.getElementById("recorder");
const said = root.dataset;
const $ = (name) => root.querySelector(name);
const limitS = Number(said.limitS);
const fault = $(".recorder-fault");
const player = $("audio");
const trimmer = new Trimmer($(".trimmer"), Number(said.leastS), sayHandle, showKept);

let state = "idle";
let capture = null;
let take = null;
let about = null; // what is kept of the take
let unkept = [];
let kepts = 0;
let heard = [];
let isPausing = false;
let wakeLock = null;

// ---- what is shown

function enter(next) {
  state = next;
  for (const part of root.querySelectorAll("[data-when]")) part.hidden = !part.dataset.when.split(" ").includes(next);
  root.dataset.state = next;
  trimmer.isLocked = next === "sending";
  const words = { idle: said.idle, recording: said.recording, paused: said.paused, review: said.recorded.replace("{length}", length()) };
  $(".recorder-state").textContent = words[next] ?? "";
  $(".record").setAttribute("aria-disabled", String(next === "asking"));
}

function length(seconds = take?.durationS ?? 0) {
  const whole = Math.floor(seconds);
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, "0")}`;
}

function exactly(seconds) {
  const digits = { minimumFractionDigits: 1, maximumFractionDigits: 1 };
  const tenths = new Intl.NumberFormat(document.documentElement.lang, digits);
  return seconds < 60 ? said.seconds.replace("{count}", tenths.format(seconds)) : `${Math.floor(seconds / 60)}:${tenths.format(seconds % 60).padStart(4, "0")}`;
}

function sayHandle(part, seconds) {
  return said[part].replace("{at}", exactly(seconds));
}

function complain(reason) {
  fault.hidden = !reason;
  fault.textContent = said[reason] ?? reason;
}

function showTime() {
  $(".elapsed").textContent = length();
  const leftS = limitS - take.durationS;
  $(".limit").textContent = leftS < NEAR_END_S ? said.left.replace("{count}", Math.ceil(leftS)) : said.most;
}

function showLevel(piece) {
  heard = [...heard, piece].slice(-JUDGED_PIECES);
  $(".meter").style.setProperty("--level", scale(piece.rms));
  $(".meter").style.setProperty("--peak", scale(piece.peak));
  const verdict = heard.length >= JUDGED_PIECES / 2 ? judge(heard) : "";
  $(".meter").dataset.verdict = verdict;
  for (const tag of root.querySelectorAll("[data-level]")) tag.hidden = tag.dataset.level !== verdict;
}

async function showMicrophones() {
  const found = await microphones();
  const select = $("[name=microphone]");
  const wanted = capture?.device || localStorage.getItem(DEVICE);
  select.replaceChildren(...found.map(({ label, deviceId }) => new Option(label, deviceId, false, deviceId === wanted)));
  $(".microphones").hidden = found.length < 2;
}

// ---- recording

const FAULTS = { NotAllowedError: "denied", NotFoundError: "none", OverconstrainedError: "none", NotReadableError: "busy" };

// The one large button: begin, pause, go on.
function press() {
  if (state === "recording") pause();
  else if (state === "idle" || state === "paused") record();
}

async function record() {
  complain("");
  enter("asking");
  try {
    await openMicrophone();
    if (!take) await beginTake();
  } catch (error) {
    complain(FAULTS[error.name] ?? "broken");
    await closeMicrophone();
    enter(take?.length ? "paused" : "idle");
    return;
  }
  heard = [];
  enter("recording");
  wakeLock = await navigator.wakeLock?.request("screen").catch(() => null);
  await showMicrophones();
}

// One that was only paused is open still, unless another was chosen meanwhile.
async function openMicrophone() {
  const device = localStorage.getItem(DEVICE);
  if (capture && (!device || capture.device === device)) return;
  await closeMicrophone();
  try {
    capture = await Capture.open(said.worklet, take?.rate, device, hear, pause);
  } catch (error) {
    if (!device || error.name !== "OverconstrainedError") throw error;
    localStorage.removeItem(DEVICE); // the one that was chosen is not here today
    capture = await Capture.open(said.worklet, take?.rate, "", hear, pause);
  }
}

async function closeMicrophone() {
  const closing = capture;
  capture = null;
  await closing?.close();
  await wakeLock?.release();
  wakeLock = null;
}

async function beginTake() {
  take = new Take(capture.rate);
  about = { id: crypto.randomUUID(), user: said.user, rate: capture.rate, begunAt: Date.now(), title: "", trim: null };
  [unkept, kepts] = [[], 0];
  kept.hold(about.id);
  await kept.put(about).catch(() => complain("full"));
}

function hear(piece) {
  if (state !== "recording") return;
  take.add(piece.samples);
  unkept.push(piece.samples);
  if (unkept.length >= KEEP_EVERY_S * 10) keepPieces();
  if (piece.samples.length) showLevel(piece);
  showTime();
  if (take.durationS >= limitS) finish("limit");
}

function keepPieces() {
  const samples = new Int16Array(unkept.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of unkept) {
    samples.set(part, at);
    at += part.length;
  }
  unkept = [];
  if (samples.length) kept.add(about.id, kepts++, samples).catch(() => complain("full"));
}

async function pause(reason = "") {
  if (state !== "recording" || isPausing) return;
  isPausing = true;
  await capture.flush();
  isPausing = false;
  keepPieces();
  enter("paused");
  complain(reason);
  if (reason) await closeMicrophone();
}

async function finish(reason = "") {
  await pause();
  if (state !== "paused") return;
  if (take.durationS < Number(said.leastS)) return complain("short");
  await closeMicrophone();
  review();
  complain(reason);
}

// ---- listening again, trimming, saving

function review(trim = null) {
  enter("review");
  $("[name=title]").value = about.title;
  trimmer.show(take, trim);
  $(".listen").focus();
}

function showKept() {
  const [from, to] = trimmer.kept;
  $(".kept-length").textContent = said.kept.replace("{kept}", exactly(to - from)).replace("{all}", exactly(take.durationS));
  $(".undo").disabled = !trimmer.canUndo;
  stopListening();
  keepAbout();
}

function keepAbout() {
  about = { ...about, title: $("[name=title]").value, trim: trimmer.kept };
  kept.put(about).catch(() => {}); // the samples are what counts
}

async function listen() {
  if (!player.paused) return stopListening();
  const [from, to] = trimmer.kept;
  player.src = URL.createObjectURL(take.wav(from, to));
  showPlaying(true);
  await player.play();
  follow(from);
}

function showPlaying(isPlaying) {
  for (const part of root.querySelectorAll("[data-playing]")) part.hidden = (part.dataset.playing === "yes") !== isPlaying;
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

async function save(event) {
  event.preventDefault();
  stopListening();
  complain("");
  const [from, to] = trimmer.kept;
  const title = $("[name=title]").value;
  enter("sending");
  const mark = `${about.id}/${from.toFixed(2)}-${to.toFixed(2)}/${title}`;
  const carried = carry(root, take.wav(from, to), { title, name: "", mark });
  $(".sending .pause").focus();
  const sha256 = await carried;
  if (!sha256) {
    enter("review");
    return $("form.save button").focus();
  }
  await kept.drop(about.id).catch(() => {});
  enter("saved");
  return location.assign(said.then + sha256);
}

async function discard() {
  stopListening();
  await kept.drop(about.id).catch(() => {});
  [take, about] = [null, null];
  $(".confirm").open = false;
  $(".elapsed").textContent = length();
  enter("idle");
  $(".record").focus();
}

// ---- what another visit left behind

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
      if (state !== "idle") return;
      for (const other of root.querySelectorAll(".left-behind")) other.remove();
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
  [about, take, unkept, kepts] = [rest, found, [], pieces.length];
  kept.hold(about.id);
  if (take.durationS < Number(said.leastS)) {
    showTime();
    enter("paused");
  } else review(about.trim);
}

// ---- begin

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
  player.addEventListener("ended", stopListening);
  $(".cut-silence").addEventListener("click", () => trimmer.keep(take.sounding()));
  $(".undo").addEventListener("click", () => trimmer.undo());
  $("form.save").addEventListener("submit", save);
  $("[name=title]").addEventListener("change", keepAbout);
  $(".discard").addEventListener("click", discard);
  $("[name=microphone]").addEventListener("change", (event) => localStorage.setItem(DEVICE, event.target.value));
  navigator.mediaDevices.addEventListener("devicechange", showMicrophones);
  showMicrophones();
}
showLeft();

window.addEventListener("beforeunload", (event) => {
  if (["recording", "paused", "review", "sending"].includes(state)) event.preventDefault();
});
