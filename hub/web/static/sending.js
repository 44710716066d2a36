// Sends one file to /uploads in pieces (tus 1.0.0). A connection that breaks is waited for; a file that was begun
// before, by this page or another, goes on where it stopped. Knows nothing of the page: it tells what happens.
const PIECE = 4 * 1024 * 1024;
const RETRY_MS = [500, 1000, 2000, 4000, 8000];
const FOLLOW_MS = 500;
const SPEED_OVER_MS = 8000;
const TUS = { "Tus-Resumable": "1.0.0", Accept: "application/json" };

class Refusal extends Error {}
class Stopped extends Error {}

const wait = (ms) => new Promise((done) => setTimeout(done, ms));

function encode(text) {
  return btoa(String.fromCharCode(...new TextEncoder().encode(text)));
}

function messageIn(text) {
  try {
    return JSON.parse(text).message ?? "";
  } catch {
    return "";
  }
}

// A hub that says why is believed; one that is in trouble, or has another idea of where the file stands, is asked again.
function failure(status, message) {
  return message && status !== 409 ? new Refusal(message) : new Error(status);
}

// What tells one file from another when it is chosen again.
export function markOf(file) {
  return `${file.name}/${file.size}/${file.lastModified}`.slice(-200);
}

// The unfinished upload with this mark and size, or undefined. Rejects where the hub does not answer.
export async function findUnfinished(mark, size) {
  const answer = await fetch("/uploads", { headers: { Accept: "application/json" }, cache: "no-store" });
  if (!answer.ok) throw failure(answer.status, messageIn(await answer.text()));
  return (await answer.json()).find((upload) => upload.mark === mark && upload.size === size);
}

export class Sending {
  // `tell(state, details)`: "sending" {sent, total, leftS}, "paused", "lost", "waiting", "working" {fraction},
  // "done" {sha256}, "refused" {message}. The last two end it.
  constructor(file, { title, name, mark }, tell) {
    this.file = file;
    this.about = { title, filename: name, mark };
    this.tell = tell;
    this.id = "";
    this.isPaused = false;
    this.isCancelled = false;
    this.isAllSent = false;
    this.request = null;
    this.speeds = [];
    this.tries = 0;
    this.wake = () => {};
    this.run();
  }

  pause() {
    this.isPaused = true;
    this.request?.abort();
    this.tell("paused");
  }

  goOn() {
    this.isPaused = false;
    this.wake();
  }

  async cancel() {
    this.isCancelled = true;
    this.request?.abort();
    this.wake();
    if (this.id) await fetch(`/uploads/${this.id}`, { method: "DELETE", headers: TUS }).catch(() => {});
  }

  async run() {
    while (!this.isCancelled) {
      try {
        if (this.isPaused) {
          await new Promise((go) => { this.wake = go; });
          continue;
        }
        if (!this.isAllSent) await this.sendAll();
        return await this.follow();
      } catch (error) {
        if (error instanceof Refusal) return this.tell("refused", { message: error.message });
        if (!(error instanceof Stopped)) await this.recover();
      }
    }
    return undefined;
  }

  // Until the hub has every byte.
  async sendAll() {
    if (!this.id) await this.locate();
    let offset = await this.ask();
    this.speeds = [];
    while (offset < this.file.size) {
      if (this.isPaused || this.isCancelled) throw new Stopped();
      this.show(offset);
      offset = await this.sendPiece(offset);
      this.tries = 0;
    }
    this.isAllSent = true;
  }

  async recover() {
    if (this.isCancelled || this.isPaused) return;
    this.tell("lost");
    const ms = RETRY_MS[Math.min(this.tries++, RETRY_MS.length - 1)];
    await Promise.race([wait(ms), new Promise((go) => { this.wake = go; }), once(window, "online")]);
  }

  async locate() {
    const begun = await findUnfinished(this.about.mark, this.file.size);
    this.id = begun ? begun.id : await this.create();
    if (this.isCancelled) await this.cancel();
  }

  async create() {
    const metadata = Object.entries(this.about).map(([key, text]) => `${key} ${encode(text)}`).join(",");
    const headers = { ...TUS, "Upload-Length": String(this.file.size), "Upload-Metadata": metadata };
    const answer = await fetch("/uploads", { method: "POST", headers });
    if (answer.status === 201) return answer.headers.get("Location").split("/").pop();
    throw failure(answer.status, messageIn(await answer.text()));
  }

  // How much the hub has. One that is gone may be at work already, or have expired: then it begins anew.
  async ask() {
    const answer = await fetch(`/uploads/${this.id}`, { method: "HEAD", headers: TUS, cache: "no-store" });
    if (answer.ok) return Number(answer.headers.get("Upload-Offset"));
    if (answer.status === 401) await findUnfinished(); // says why, which a HEAD cannot
    if (answer.status !== 404) throw new Error(answer.status);
    const known = await fetch(`/audio/uploads/${this.id}`, { headers: TUS, cache: "no-store" });
    if (known.ok) return this.file.size;
    this.id = "";
    throw new Error("gone");
  }

  sendPiece(offset) {
    return new Promise((done, fail) => {
      const request = (this.request = new XMLHttpRequest());
      request.open("PATCH", `/uploads/${this.id}`);
      const headers = { ...TUS, "Content-Type": "application/offset+octet-stream", "Upload-Offset": String(offset) };
      for (const [name, value] of Object.entries(headers)) request.setRequestHeader(name, value);
      request.upload.addEventListener("progress", (event) => this.show(offset + event.loaded));
      request.addEventListener("load", () => {
        if (request.status === 204) done(Number(request.getResponseHeader("Upload-Offset")));
        else fail(failure(request.status, messageIn(request.responseText)));
      });
      request.addEventListener("error", () => fail(new Error("lost")));
      request.addEventListener("abort", () => fail(new Stopped()));
      request.send(this.file.slice(offset, offset + PIECE));
    });
  }

  show(sent) {
    if (this.isPaused || this.isCancelled) return;
    const now = performance.now();
    this.speeds.push([now, sent]);
    while (this.speeds.length > 2 && now - this.speeds[0][0] > SPEED_OVER_MS) this.speeds.shift();
    const [since, from] = this.speeds[0];
    const speed = (sent - from) / (now - since);
    const leftS = speed > 0 ? (this.file.size - sent) / speed / 1000 : null;
    this.tell("sending", { sent, total: this.file.size, leftS });
  }

  // What the hub makes of the file, until it is in the library or turned away.
  async follow() {
    while (!this.isCancelled) {
      const answer = await fetch(`/audio/uploads/${this.id}`, { headers: TUS, cache: "no-store" });
      if (!answer.ok) throw failure(answer.status, messageIn(await answer.text()));
      const upload = await answer.json();
      if (upload.step === "done") return this.tell("done", { sha256: upload.sha256 });
      if (upload.step === "rejected") throw new Refusal(upload.message);
      this.tell(upload.step, { fraction: upload.fraction });
      this.tries = 0;
      await wait(FOLLOW_MS);
    }
  }

}

function once(target, event) {
  return new Promise((done) => target.addEventListener(event, done, { once: true }));
}
