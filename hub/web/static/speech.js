// Lets each sentence, or all of them, be heard in the chosen voice before anything is kept.
(() => {
  "use strict";
  const form = document.getElementById("speech");
  const player = form.querySelector("audio");
  const fault = form.querySelector(".notice");
  const sentences = [...form.querySelectorAll("textarea[name=sentence]")];

  async function listen(text, button) {
    const body = new URLSearchParams({
      text, voice: form.elements.voice.value, speed: form.elements.speed.value,
    });
    button.disabled = true;
    fault.hidden = true;
    try {
      const answer = await fetch("/speech/listen", {
        method: "POST", body, headers: { Accept: "application/json" }, // a log-in that ran out is told, not shown
      });
      if (!answer.ok) {
        fault.textContent = [422, 429].includes(answer.status) ? await answer.text() : form.dataset.broken;
        fault.hidden = false;
        return;
      }
      URL.revokeObjectURL(player.src);
      player.src = URL.createObjectURL(await answer.blob());
      player.hidden = false;
      await player.play();
    } catch (error) {
      if (error.name === "NotAllowedError") return; // the browser waits for a tap on the player
      fault.textContent = form.dataset.broken;
      fault.hidden = false;
    } finally {
      button.disabled = false;
    }
  }

  for (const button of form.querySelectorAll("[data-listen]")) {
    button.hidden = false;
    button.addEventListener("click", () => listen(button.parentElement.querySelector("textarea").value, button));
  }
  const all = form.querySelector("[data-listen-all]");
  if (all) {
    all.hidden = false;
    all.addEventListener("click", () => listen(sentences.map((each) => each.value).join("\n"), all));
  }
})();
