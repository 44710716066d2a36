// What the parts of the recorder's page share: where it stands, what is recorded so far, and what the page says. Which
// parts of it show is said by the state each belongs to (data-when).
export const root = document.getElementById("recorder");
export const said = root.dataset;
export const $ = (name) => root.querySelector(name);
export const $$ = (name) => root.querySelectorAll(name);

// `about` is what is kept of the take beside its samples.
export const now = { state: "idle", take: null, about: null };

export function enter(next) {
  now.state = next;
  for (const part of $$("[data-when]")) part.hidden = !part.dataset.when.split(" ").includes(next);
  root.dataset.state = next;
  const words = { idle: said.idle, recording: said.recording, paused: said.paused, review: said.recorded.replace("{length}", length()) };
  $(".recorder-state").textContent = words[next] ?? "";
  $(".record").setAttribute("aria-disabled", String(next === "asking"));
}

export function complain(reason) {
  const fault = $(".recorder-fault");
  fault.hidden = !reason;
  fault.textContent = said[reason] ?? reason;
}

export function length(seconds = now.take?.durationS ?? 0) {
  const whole = Math.floor(seconds);
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, "0")}`;
}

export function exactly(seconds) {
  const digits = { minimumFractionDigits: 1, maximumFractionDigits: 1 };
  const tenths = new Intl.NumberFormat(document.documentElement.lang, digits);
  return seconds < 60 ? said.seconds.replace("{count}", tenths.format(seconds)) : `${Math.floor(seconds / 60)}:${tenths.format(seconds % 60).padStart(4, "0")}`;
}
