// Fills in where this phone is. Browsers tell it to pages by HTTPS alone; elsewhere the button stays away.
(() => {
  "use strict";
  const WAIT_MS = 30000;
  const form = document.getElementById("position-form");
  if (!form || !isSecureContext || !navigator.geolocation) return;
  const button = form.querySelector("[data-locate]");
  const said = form.querySelector("[data-said]");

  function take({ coords }) {
    form.elements.position.value = `${coords.latitude.toFixed(6)}, ${coords.longitude.toFixed(6)}`;
    said.textContent = form.dataset.found.replace("{metres}", Math.ceil(coords.accuracy));
    button.disabled = false;
  }

  function fail(error) {
    said.textContent = error.code === error.PERMISSION_DENIED ? form.dataset.denied : form.dataset.failed;
    button.disabled = false;
  }

  button.addEventListener("click", () => {
    said.textContent = form.dataset.asking;
    button.disabled = true;
    navigator.geolocation.getCurrentPosition(take, fail, { enableHighAccuracy: true, timeout: WAIT_MS, maximumAge: 0 });
  });
  button.hidden = false;
})();
