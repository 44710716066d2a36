// The panel that shows a file on its way (_sending.html): how far, how long still, pause, go on, and cancel.
import { Sending } from "./sending.js";

const MB = 1e6;

function megabytes(bytes) {
  return new Intl.NumberFormat(document.documentElement.lang, { maximumFractionDigits: 1 }).format(bytes / MB);
}

function left(said, seconds) {
  if (seconds === null) return "";
  if (seconds >= 90) return said.minutes.replace("{count}", Math.round(seconds / 60));
  const count = seconds > 10 ? Math.ceil(seconds / 5) * 5 : Math.max(1, Math.ceil(seconds));
  return said.seconds.replace("{count}", count);
}

// Sends `file` and shows it below `root`; resolves to the SHA-256, or to "" where it was refused or cancelled.
export function carry(root, file, about) {
  const panel = root.querySelector(".sending");
  const [bar, words, numbers] = ["progress", ".words", ".numbers"].map((name) => panel.querySelector(name));
  const [pause, goOn, cancel] = [".pause", ".go-on", ".cancel"].map((name) => panel.querySelector(name));
  const fault = root.querySelector(".sending-fault");
  const said = panel.dataset;

  return new Promise((done) => {
    function say(text) {
      if (words.textContent !== text) words.textContent = text; // a screen reader says it at each change
    }

    function end(sha256, message = "") {
      panel.hidden = true;
      fault.hidden = !message;
      fault.textContent = message;
      done(sha256);
    }

    function offer(isPaused, isSent = false) {
      pause.hidden = isPaused || isSent;
      goOn.hidden = !isPaused;
      cancel.hidden = isSent;
    }

    function tell(state, details = {}) {
      if (state === "done") return end(details.sha256);
      if (state === "refused") return end("", details.message || said.broken);
      if (state === "sending") {
        const percent = (details.sent / details.total) * 100;
        bar.value = percent;
        const sent = said.sent.replace("{percent}", Math.floor(percent)).replace("{size}", megabytes(details.total));
        numbers.textContent = [sent, left(said, details.leftS)].filter(Boolean).join(" · ");
      }
      if (state === "waiting" || state === "working") {
        const percent = (details.fraction ?? 0) * 100;
        bar.value = state === "waiting" ? 100 : percent;
        numbers.textContent = state === "working" ? said.working.replace("{percent}", Math.floor(percent)) : "";
      }
      say(state === "working" ? "" : said[state]);
      offer(state === "paused", state === "waiting" || state === "working");
    }

    panel.hidden = false;
    fault.hidden = true;
    const sending = new Sending(file, about, tell);
    pause.onclick = () => { sending.pause(); goOn.focus(); };
    goOn.onclick = () => { offer(false); say(said.sending); sending.goOn(); pause.focus(); };
    cancel.onclick = async () => { await sending.cancel(); end(""); };
  });
}
