// Where a recording is to be cut: taken from where the player is, shown on the waveform, and heard before it is done.
(() => {
  "use strict";
  const form = document.getElementById("cut");
  const wave = document.querySelector(".listening [data-wave]");
  if (!form || !wave) return;
  const sound = document.querySelector(".listening audio");
  const length = Number(wave.dataset.wave);
  const { start, end } = form.elements;
  let stopAt = null;

  for (const side of ["start", "end"]) {
    const out = document.createElement("div");
    out.className = `out ${side}`;
    wave.append(out);
  }

  function part(field) {
    return `${Math.max(0, Math.min(1, Number(field.value) / length)) * 100}%`;
  }

  function show() {
    wave.style.setProperty("--from", part(start));
    wave.style.setProperty("--to", part(end));
    end.setCustomValidity(Number(end.value) > Number(start.value) ? "" : form.dataset.order);
  }

  for (const button of form.querySelectorAll("[data-mark]")) {
    button.hidden = false;
    button.addEventListener("click", () => {
      form.elements[button.dataset.mark].value = sound.currentTime.toFixed(1);
      show();
    });
  }

  const listen = form.querySelector("[data-try]");
  listen.hidden = false;
  listen.addEventListener("click", () => {
    sound.currentTime = Number(start.value);
    stopAt = Number(end.value);
    sound.play();
  });
  sound.addEventListener("timeupdate", () => {
    if (stopAt === null || sound.currentTime < stopAt) return;
    stopAt = null;
    sound.pause();
  });
  sound.addEventListener("pause", () => { stopAt = null; });
  form.addEventListener("input", show);
  form.addEventListener("submit", () => {
    for (const button of form.querySelectorAll("button:not([type])")) button.disabled = true;
  });
  show();
})();
