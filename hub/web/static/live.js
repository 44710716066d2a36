// Says whether the page is live, and how old it is when it is not; loads it anew when the hub is back.
(() => {
  "use strict";
  const STALE_MS = 15000; // a pulse comes every 5 s
  const TRY_EVERY_MS = 5000;
  const bar = document.getElementById("connection");
  const text = bar.querySelector(".text");
  const said = bar.dataset;
  let heardAt = Date.now();
  let shownTime = clock(said.at);
  let triedAt = 0;
  let isLost = false;

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

  function show() {
    bar.classList.toggle("lost", isLost);
    bar.classList.toggle("live", !isLost);
    const words = (isLost ? said.lost : said.live).replace("{time}", shownTime).replace("{age}", age());
    if (text.textContent !== words) text.textContent = words;
  }

  function hear(event) {
    heardAt = Date.now();
    isLost = false;
    shownTime = clock(event.data);
    show();
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
  }

  document.addEventListener("htmx:sseOpen", (event) => {
    event.detail.source.addEventListener("pulse", hear);
  });
  document.addEventListener("htmx:sseError", () => {
    isLost = true;
    show();
  });
  document.addEventListener("visibilitychange", tick);
  setInterval(tick, 1000);
})();
