// The pages as an app: keeps them for when the hub is away, says how old they are then, and offers to be installed.
(() => {
  "use strict";
  const TRY_EVERY_MS = 5000;
  const AGE_EVERY_MS = 30000;
  const root = document.documentElement;
  const bar = document.getElementById("offline");
  const seenAt = Number(root.dataset.seenAt) || 0;
  const said = bar.dataset;

  if ("serviceWorker" in navigator) navigator.serviceWorker.register("/sw.js").catch(() => {});

  function clock(at) {
    const options = { timeZone: said.zone, hour: "2-digit", minute: "2-digit", hourCycle: "h23" };
    const day = new Intl.DateTimeFormat("vi-VN", { timeZone: said.zone, day: "numeric", month: "numeric" });
    const time = new Intl.DateTimeFormat("vi-VN", options).format(at);
    return day.format(at) === day.format(new Date()) ? time : `${time} (${day.format(at)})`;
  }

  function age(at) {
    const minutes = Math.max(0, Math.floor((Date.now() - at) / 60000));
    if (minutes < 1) return said.justNow;
    if (minutes < 60) return said.minutes.replace("{count}", minutes);
    if (minutes < 48 * 60) return said.hours.replace("{count}", Math.floor(minutes / 60));
    return said.days.replace("{count}", Math.floor(minutes / 1440));
  }

  function say() {
    const text = seenAt ? said.seen.replace("{time}", clock(new Date(seenAt))).replace("{age}", age(seenAt)) : said.lost;
    const place = bar.querySelector("span");
    if (place.textContent !== text) place.textContent = text;
  }

  // Nothing can be done without the hub; to log out works always, for it clears what is kept here.
  function lock(isLocked) {
    for (const form of document.querySelectorAll("form[method=post]:not([data-offline])")) {
      for (const button of form.querySelectorAll("button")) {
        if (isLocked === button.classList.contains("locked") || (isLocked && button.disabled)) continue;
        button.classList.toggle("locked", isLocked);
        button.disabled = isLocked;
        if (isLocked) button.setAttribute("aria-describedby", "offline");
        else button.removeAttribute("aria-describedby");
      }
    }
  }

  function show() {
    const isOffline = seenAt > 0 || !navigator.onLine;
    bar.hidden = !isOffline;
    if (isOffline) say();
    lock(isOffline);
  }

  async function tryAgain() {
    try {
      const answer = await fetch("/manifest.webmanifest", { cache: "no-store" });
      if (answer.ok) location.reload();
    } catch {
      // Still away.
    }
  }

  window.addEventListener("online", show);
  window.addEventListener("offline", show);
  show();
  if (seenAt || root.querySelector("[data-retry]")) {
    setInterval(tryAgain, TRY_EVERY_MS);
    setInterval(say, AGE_EVERY_MS);
  }

  // To be put on the screen: Android and PCs ask when told to, on an iPhone the person does it.
  const HIDDEN_UNTIL = "loa-install-hidden-until";
  const A_MONTH_MS = 30 * 24 * 3600 * 1000;
  const hint = document.getElementById("install");
  const isInstalled = matchMedia("(display-mode: standalone)").matches || navigator.standalone === true;
  let question = null;

  function offer(isByHand) {
    if (!hint || isInstalled || Date.now() < Number(localStorage.getItem(HIDDEN_UNTIL))) return;
    hint.hidden = false;
    hint.querySelector("[data-ask]").hidden = isByHand;
    hint.querySelector("[data-by-hand]").hidden = !isByHand;
  }

  window.addEventListener("beforeinstallprompt", (event) => {
    event.preventDefault();
    question = event;
    offer(false);
  });
  window.addEventListener("appinstalled", () => hint && (hint.hidden = true));
  if (hint) {
    hint.querySelector("[data-ask]").addEventListener("click", async () => {
      if (!question) return;
      await question.prompt();
      hint.hidden = true;
    });
    hint.querySelector("[data-later]").addEventListener("click", () => {
      localStorage.setItem(HIDDEN_UNTIL, String(Date.now() + A_MONTH_MS));
      hint.hidden = true;
    });
    if (/iPhone|iPad/.test(navigator.userAgent)) offer(true);
  }
})();
