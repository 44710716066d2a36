// Sends one file with a progress bar, then follows what the hub does with it.
(() => {
  "use strict";
  const ASK_EVERY_MS = 500;
  const form = document.getElementById("upload");
  const said = form.dataset;
  const button = form.querySelector("button");
  const box = form.querySelector(".progress");
  const bar = box.querySelector("progress");
  const status = box.querySelector("p");
  const fault = form.querySelector(".notice");

  function show(percent, words) {
    box.hidden = false;
    bar.value = percent;
    status.textContent = words.replace("{percent}", Math.floor(percent));
  }

  function fail(message) {
    box.hidden = true;
    fault.hidden = false;
    fault.textContent = message || said.lost;
    button.disabled = false;
  }

  function follow(upload) {
    if (upload.step === "done") {
      location.assign(`/audio?new=${upload.sha256}`);
    } else if (upload.step === "rejected") {
      fail(upload.message);
    } else {
      if (upload.step === "waiting") show(100, said.waiting);
      else show(upload.fraction * 100, said.working);
      setTimeout(ask, ASK_EVERY_MS, upload.id);
    }
  }

  async function ask(id) {
    try {
      const answer = await fetch(`/audio/uploads/${id}`, {
        headers: { Accept: "application/json" }, cache: "no-store",
      });
      const upload = await answer.json();
      if (answer.ok) follow(upload);
      else fail(upload.message);
    } catch {
      fail("");
    }
  }

  function send(file, title) {
    const request = new XMLHttpRequest();
    request.open("POST", `/audio?title=${encodeURIComponent(title)}`);
    request.setRequestHeader("Accept", "application/json");
    request.setRequestHeader("Content-Type", "application/octet-stream");
    request.responseType = "json";
    request.upload.addEventListener("progress", (event) => {
      if (event.lengthComputable) show((event.loaded / event.total) * 100, said.sending);
    });
    request.addEventListener("load", () => {
      if (request.status === 202) follow(request.response);
      else fail(request.response && request.response.message);
    });
    request.addEventListener("error", () => fail(""));
    request.send(file);
  }

  function suggestTitle() {
    const [file] = form.elements.file.files;
    if (file && !form.elements.title.value) {
      form.elements.title.value = file.name.replace(/\.[^.]+$/, "").replace(/[_-]+/g, " ").slice(0, 120);
    }
  }

  form.elements.file.addEventListener("change", suggestTitle);

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const [file] = form.elements.file.files;
    fault.hidden = true;
    if (file.size > Number(said.maxBytes)) {
      fail(said.tooLarge);
      return;
    }
    button.disabled = true;
    show(0, said.sending);
    send(file, form.elements.title.value);
  });

  // On a slow line the file may have been chosen before this ran.
  suggestTitle();
  button.disabled = false;
})();
