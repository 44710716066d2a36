// The player's position moves over the waveform, and a click, a finger or the keyboard on the waveform moves it.
(() => {
  "use strict";
  const STEP_S = 5;

  function clock(seconds) {
    return `${Math.floor(seconds / 60)}:${String(Math.floor(seconds % 60)).padStart(2, "0")}`;
  }

  function join(wave) {
    const sound = wave.parentElement.querySelector("audio");
    const length = Number(wave.dataset.wave);
    const played = wave.querySelector("svg").cloneNode(true);
    const needle = document.createElement("div");
    played.classList.add("played");
    needle.className = "needle";
    wave.append(played, needle);

    function show() {
      const at = Math.min(length, sound.currentTime);
      wave.style.setProperty("--at", `${(at / length) * 100}%`);
      wave.setAttribute("aria-valuenow", at.toFixed(1));
      wave.setAttribute("aria-valuetext", `${clock(at)} / ${clock(length)}`);
    }

    function follow() {
      show();
      if (!sound.paused && !sound.ended) requestAnimationFrame(follow);
    }

    function seek(seconds) {
      sound.currentTime = Math.max(0, Math.min(length, seconds));
      show();
    }

    function seekTo(event) {
      const box = wave.getBoundingClientRect();
      seek(((event.clientX - box.left) / box.width) * length);
    }

    function press(event) {
      const step = Math.min(STEP_S, length / 20);
      const moves = {
        ArrowLeft: -step, ArrowDown: -step, ArrowRight: step, ArrowUp: step,
        PageDown: -length / 10, PageUp: length / 10, Home: -length, End: length,
      };
      if (event.key in moves) seek(sound.currentTime + moves[event.key]);
      else if (event.key !== " " && event.key !== "Enter") return;
      else if (sound.paused) sound.play();
      else sound.pause();
      event.preventDefault();
    }

    wave.tabIndex = 0;
    wave.setAttribute("role", "slider");
    wave.setAttribute("aria-label", wave.dataset.label);
    wave.setAttribute("aria-valuemin", "0");
    wave.setAttribute("aria-valuemax", length.toFixed(1));
    wave.addEventListener("pointerdown", (event) => {
      wave.setPointerCapture(event.pointerId);
      seekTo(event);
    });
    wave.addEventListener("pointermove", (event) => {
      if (wave.hasPointerCapture(event.pointerId)) seekTo(event);
    });
    wave.addEventListener("keydown", press);
    for (const event of ["timeupdate", "seeked", "pause", "ended"]) sound.addEventListener(event, show);
    sound.addEventListener("play", follow);
    show();
  }

  document.querySelectorAll("[data-wave]").forEach(join);
})();
