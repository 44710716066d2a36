// Says whether the page is live, and how old it is when it is not; loads it anew when the hub is back. Counts down to
// what is soon, by the hub's clock.
(() => {
  "use strict";
  const STALE_MS = 15000; // a pulse comes every 5 s
  const TRY_EVERY_MS = 5000;
  const bar = document.getElementById("connection");
  const text = bar.querySelector(".text");
  const told = bar.querySelector("[role=status]");
  const said = bar.dataset;
  let heardAt = Number(document.documentElement.dataset.seenAt) || Date.now(); // a page seen earlier, shown while the hub is away
  let shownTime = clock(said.at);
  let aheadMs = Date.parse(said.at) - heardAt; // the hub's clock before this one's
  let triedAt = 0;
  let isLost = false;
  let known = gist();

  function clock(iso) {
    return new Intl.DateTimeFormat("vi-VN", {
      timeZone: said.zone, hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23",
    }).format(new Date(iso));
  }

  function age() {
    const seconds = Math.round((Date.now() - heardAt) / 1000);
    return seconds < 90
      ? said.seconds.replace("{count}", seconds)
      : said.minutes.replace("{count}", Math.round(seconds / 60));
  }

  // For those who hear the page: what became different in a few words, never the clock that runs.
  function tell(words) {
    if (told.textContent !== words) told.textContent = words;
  }

  function gist() {
    const pieces = Array.from(document.querySelectorAll("[data-tell]"), (each) => each.textContent);
    return pieces.join(" ").replace(/\s+/g, " ").trim();
  }

  function show() {
    const wasLost = bar.classList.contains("lost");
    bar.classList.toggle("lost", isLost);
    bar.classList.toggle("live", !isLost);
    const words = (isLost ? said.lost : said.live).replace("{time}", shownTime).replace("{age}", age());
    if (text.textContent !== words) text.textContent = words;
    if (wasLost !== isLost) tell(words);
  }

  function hear(event) {
    heardAt = Date.now();
    isLost = false;
    shownTime = clock(event.data);
    aheadMs = Date.parse(event.data) - Date.now();
    show();
  }

  function left(seconds) {
    const minutes = Math.floor(seconds / 60);
    if (seconds < 60) return said.seconds.replace("{count}", seconds);
    if (minutes < 10) return `${minutes}:${String(seconds % 60).padStart(2, "0")}`;
    if (minutes < 60) return said.minutes.replace("{count}", minutes);
    return said.hours.replace("{count}", Math.floor(minutes / 60)).replace("{minutes}", minutes % 60);
  }

  function countDown() {
    for (const place of document.querySelectorAll("[data-until]")) {
      const seconds = Math.ceil((Date.parse(place.dataset.until) - Date.now() - aheadMs) / 1000);
      place.textContent = seconds > 0 ? place.dataset.say.replace("{time}", left(seconds)) : "";
    }
  }

  // A browser may have given the stream up for good (an old one, a proxy between): then look by plain requests.
  async function tryAgain() {
    triedAt = Date.now();
    try {
      const answer = await fetch(location.href, { cache: "no-store", redirect: "manual" });
      if (answer.ok || answer.type === "opaqueredirect") location.reload();
    } catch {
      // Still away; the next try follows.
    }
  }

  function tick() {
    const now = Date.now();
    if (!document.hidden && now - heardAt > STALE_MS) {
      isLost = true;
      if (now - triedAt > TRY_EVERY_MS) tryAgain();
    }
    if (isLost) show();
    countDown();
  }

  // A piece of the page is replaced whole, where it is another: a question somebody is answering stays open, with what
  // was ticked and typed, and the keyboard where it was. A question with an id stays itself when its words change.
  let open = [];
  let filled = new Map();
  let focused = null;

  function keyOf(element) {
    const question = element.closest("details");
    const chosen = element.matches("input[type=checkbox], input[type=radio], button") ? element.value : "";
    return [element.tagName, element.name, chosen, question?.id || (question ?? element).innerHTML].join(" ");
  }

  const isChanged = (input) => input.checked !== input.defaultChecked || input.value !== input.defaultValue;

  function remember(event) {
    const piece = document.createElement("template");
    piece.innerHTML = event.detail.data;
    if (piece.innerHTML === event.target.innerHTML) {
      event.preventDefault();
      return;
    }
    open = Array.from(event.target.querySelectorAll("details[open]"), keyOf);
    const changed = Array.from(event.target.querySelectorAll("input")).filter(isChanged);
    filled = new Map(changed.map((input) => [keyOf(input), input]));
    focused = event.target.contains(document.activeElement) ? keyOf(document.activeElement) : null;
  }

  function restore(event) {
    for (const details of event.target.querySelectorAll("details")) {
      if (open.includes(keyOf(details))) details.open = true;
    }
    for (const input of event.target.querySelectorAll("input")) {
      const before = filled.get(keyOf(input));
      if (before) [input.checked, input.value] = [before.checked, before.value];
    }
    const places = Array.from(event.target.querySelectorAll("a, button, summary, input"));
    places.find((place) => keyOf(place) === focused)?.focus({ preventScroll: true });
    countDown();
    const found = gist();
    if (found !== known) tell(found);
    known = found;
  }

  document.addEventListener("htmx:sseOpen", (event) => {
    event.detail.source.addEventListener("pulse", hear);
  });
  document.addEventListener("htmx:sseError", () => {
    isLost = true;
    show();
  });
  document.addEventListener("htmx:sseBeforeMessage", remember);
  document.addEventListener("htmx:sseMessage", restore);
  document.addEventListener("visibilitychange", tick);
  countDown();
  setInterval(tick, 1000);
})();
