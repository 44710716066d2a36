// From the microphone into the take: begin, pause, go on, with a level in words. What is recorded is kept in this browser
// from second to second, until it is saved or thrown away.
import { Capture, microphones } from "./capture.js";
import * as kept from "./kept-takes.js";
import { $, $$, complain, enter, length, now, said } from "./recorder.js";
import { review } from "./review-take.js";
import { Take, judge, scale } from "./take.js";

const KEEP_EVERY_S = 1;
const JUDGED_PIECES = 20; // two seconds
const NEAR_END_S = 60;
const DEVICE = "loa-microphone";
const FAULTS = { NotAllowedError: "denied", NotFoundError: "none", OverconstrainedError: "none", NotReadableError: "busy" };

const limitS = Number(said.limitS);
let capture = null;
let unkept = [];
let kepts = 0;
let heard = [];
let isPausing = false;
let wakeLock = null;

// The one large button: begin, pause, go on.
export function press() {
  if (now.state === "recording") pause();
  else if (now.state === "idle" || now.state === "paused") record();
}

async function record() {
  complain("");
  enter("asking");
  try {
    await openMicrophone();
    if (!now.take) await beginTake();
  } catch (error) {
    complain(FAULTS[error.name] ?? "broken");
    await closeMicrophone();
    enter(now.take?.length ? "paused" : "idle");
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
    capture = await Capture.open(said.worklet, now.take?.rate, device, hear, pause);
  } catch (error) {
    if (!device || error.name !== "OverconstrainedError") throw error;
    localStorage.removeItem(DEVICE); // the one that was chosen is not here today
    capture = await Capture.open(said.worklet, now.take?.rate, "", hear, pause);
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
  now.take = new Take(capture.rate);
  now.about = { id: crypto.randomUUID(), user: said.user, rate: capture.rate, begunAt: Date.now(), title: "", trim: null };
  [unkept, kepts] = [[], 0];
  kept.hold(now.about.id);
  await kept.put(now.about).catch(() => complain("full"));
}

function hear(piece) {
  if (now.state !== "recording") return;
  now.take.add(piece.samples);
  unkept.push(piece.samples);
  if (unkept.length >= KEEP_EVERY_S * 10) keepPieces();
  if (piece.samples.length) showLevel(piece);
  showTime();
  if (now.take.durationS >= limitS) finish("limit");
}

function keepPieces() {
  const samples = new Int16Array(unkept.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of unkept) {
    samples.set(part, at);
    at += part.length;
  }
  unkept = [];
  if (samples.length) kept.add(now.about.id, kepts++, samples).catch(() => complain("full"));
}

async function pause(reason = "") {
  if (now.state !== "recording" || isPausing) return;
  isPausing = true;
  await capture.flush();
  isPausing = false;
  keepPieces();
  enter("paused");
  complain(reason);
  if (reason) await closeMicrophone();
}

export async function finish(reason = "") {
  await pause();
  if (now.state !== "paused") return;
  if (now.take.durationS < Number(said.leastS)) return complain("short");
  await closeMicrophone();
  review();
  complain(reason);
}

// What another visit left goes on here: so many pieces of it are kept already.
export function goOn(pieces) {
  [unkept, kepts] = [[], pieces];
  showTime();
  enter("paused");
}

export function chooseMicrophone(device) {
  localStorage.setItem(DEVICE, device);
}

function showTime() {
  $(".elapsed").textContent = length();
  const leftS = limitS - now.take.durationS;
  $(".limit").textContent = leftS < NEAR_END_S ? said.left.replace("{count}", Math.ceil(leftS)) : said.most;
}

function showLevel(piece) {
  heard = [...heard, piece].slice(-JUDGED_PIECES);
  $(".meter").style.setProperty("--level", scale(piece.rms));
  $(".meter").style.setProperty("--peak", scale(piece.peak));
  const verdict = heard.length >= JUDGED_PIECES / 2 ? judge(heard) : "";
  $(".meter").dataset.verdict = verdict;
  for (const tag of $$("[data-level]")) tag.hidden = tag.dataset.level !== verdict;
}

export async function showMicrophones() {
  const found = await microphones();
  const select = $("[name=microphone]");
  const wanted = capture?.device || localStorage.getItem(DEVICE);
  select.replaceChildren(...found.map(({ label, deviceId }) => new Option(label, deviceId, false, deviceId === wanted)));
  $(".microphones").hidden = found.length < 2;
}
