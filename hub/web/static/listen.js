// Listens to all that will be heard, one sound after the other, with one button.
(() => {
  "use strict";
  const bar = document.getElementById("listen");
  const button = bar.querySelector("button");
  const label = button.querySelector("span");
  const said = bar.querySelector("[role=status]");
  const sounds = [...document.querySelectorAll("audio[data-heard]")];
  let at = 0;

  const current = () => sounds[at];
  const title = (sound) => sound.closest("li").querySelector("b").textContent;

  function show() {
    const isPlaying = !current().paused;
    label.textContent = isPlaying ? button.dataset.pause : button.dataset.play;
    for (const sound of sounds) sound.closest("li").classList.toggle("playing", !sound.paused);
    if (isPlaying) said.textContent = `${at + 1}/${sounds.length}: ${title(current())}`;
  }

  function next() {
    if (at + 1 < sounds.length) {
      at += 1;
      current().currentTime = 0;
      current().play();
      return;
    }
    at = 0;
    said.textContent = button.dataset.done;
    show();
  }

  // Whoever presses play at one sound itself goes on from there; two never sound at once.
  function take(event) {
    at = sounds.indexOf(event.target);
    for (const sound of sounds) if (sound !== event.target) sound.pause();
    show();
  }

  for (const sound of sounds) {
    sound.addEventListener("play", take);
    sound.addEventListener("pause", show);
    sound.addEventListener("ended", next);
    sound.addEventListener("error", () => { said.textContent = button.dataset.fault; });
  }
  button.addEventListener("click", () => (current().paused ? current().play().catch(() => {}) : current().pause()));
  bar.hidden = sounds.length === 0;
})();
