// Tells whether this browser trusts the hub's certificate already.
(() => {
  "use strict";
  const state = document.getElementById("trust");

  function show(isTrusted) {
    state.querySelector("span").textContent = isTrusted ? state.dataset.good : state.dataset.notYet;
    state.classList.toggle("good", isTrusted);
    state.classList.toggle("warn", !isTrusted);
    state.classList.remove("info");
    if (!isTrusted) return;
    state.querySelector("use").setAttribute("href", state.dataset.check);
    const go = document.getElementById("trust-go");
    go.firstElementChild.classList.add("primary");
    state.after(go);
  }

  // Over HTTPS a person may have passed the warning by hand. A service worker is not let through by that.
  async function isTrusted() {
    if (location.protocol === "https:" && "serviceWorker" in navigator) {
      await navigator.serviceWorker.register("/sw.js");
    } else {
      await fetch(state.dataset.seal, { mode: "no-cors", cache: "no-store", credentials: "omit" });
    }
  }

  async function look() {
    try {
      await isTrusted();
      show(true);
    } catch {
      show(false);
    }
  }

  look();
  document.addEventListener("visibilitychange", () => {
    if (!document.hidden) look();
  });
})();
