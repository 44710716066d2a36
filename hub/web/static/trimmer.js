// The waveform of a take, and two handles that say from where to where it is kept. Handles are sliders: touch, mouse,
// arrow keys. Every step can be undone.
const BAR_PX = 3;
const LEAST_BAR = 0.02;
const STEP_S = 0.1; // of an arrow key

export class Trimmer {
  // `say(part, seconds)` gives the words for a handle; `onChange` hears when what is kept has changed.
  constructor(root, leastS, say, onChange) {
    this.canvas = root.querySelector("canvas");
    this.from = root.querySelector("[name=from]");
    this.to = root.querySelector("[name=to]");
    this.leastS = leastS;
    this.say = say;
    this.onChange = onChange;
    this.take = null;
    this.before = [];
    this.headS = null;
    for (const handle of [this.from, this.to]) {
      handle.addEventListener("input", () => this.move(handle));
      handle.addEventListener("change", () => this.settle(handle));
    }
    new ResizeObserver(() => this.draw(true)).observe(this.canvas);
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => this.draw());
  }

  show(take, trim = null) {
    this.take = take;
    this.peaks = null;
    this.before = [];
    for (const handle of [this.from, this.to]) {
      handle.step = String(STEP_S);
      handle.max = String(Math.ceil(take.durationS / STEP_S) * STEP_S);
    }
    this.kept = trim ?? [0, take.durationS];
    this.place();
  }

  get canUndo() {
    return this.before.length > 0;
  }

  set isLocked(isLocked) {
    this.from.disabled = this.to.disabled = isLocked;
  }

  // Keep from one second to another; `undo` brings back what was kept before.
  keep(kept) {
    if (kept[1] - kept[0] < this.leastS || (kept[0] === this.kept[0] && kept[1] === this.kept[1])) return;
    this.before.push(this.kept);
    this.kept = kept;
    this.place();
  }

  undo() {
    this.kept = this.before.pop() ?? this.kept;
    this.place();
  }

  playAt(seconds) {
    this.headS = seconds;
    this.draw();
  }

  // A handle is being dragged: it stops before the other one.
  move(handle) {
    const asked = this.asked(handle);
    handle.value = String(asked[handle === this.from ? 0 : 1]);
    this.name(...asked);
    this.draw(false, asked);
  }

  settle(handle) {
    this.keep(this.asked(handle));
    this.place();
  }

  asked(handle) {
    const [from, to] = this.kept;
    const value = Math.min(Number(handle.value), this.take.durationS); // the last step may reach beyond the end
    return handle === this.from ? [Math.min(value, to - this.leastS), to] : [from, Math.max(value, from + this.leastS)];
  }

  place() {
    [this.from.value, this.to.value] = this.kept.map(String);
    this.name(...this.kept);
    this.draw();
    this.onChange();
  }

  name(from, to) {
    this.from.setAttribute("aria-valuetext", this.say("from", from));
    this.to.setAttribute("aria-valuetext", this.say("to", to));
  }

  draw(isNew = false, [from, to] = this.kept ?? [0, 0]) {
    const { canvas, take } = this;
    const [wide, high] = [canvas.clientWidth, canvas.clientHeight];
    if (!take || wide === 0) return;
    const sharp = devicePixelRatio || 1;
    if (isNew || !this.peaks) {
      [canvas.width, canvas.height] = [Math.round(wide * sharp), Math.round(high * sharp)];
      this.peaks = take.peaks(Math.floor(wide / BAR_PX));
    }
    const style = getComputedStyle(canvas);
    const paint = canvas.getContext("2d");
    paint.setTransform(sharp, 0, 0, sharp, 0, 0);
    paint.clearRect(0, 0, wide, high);
    const scale = wide / take.durationS;
    this.peaks.forEach((peak, i) => {
      const middle = (i + 0.5) * BAR_PX;
      const isKept = middle >= from * scale && middle <= to * scale;
      paint.fillStyle = style.getPropertyValue(isKept ? "--wave" : "--wave-cut");
      const size = Math.max(LEAST_BAR, Math.sqrt(peak)) * high;
      paint.fillRect(i * BAR_PX, (high - size) / 2, BAR_PX - 1, size);
    });
    if (this.headS === null) return;
    paint.fillStyle = style.getPropertyValue("--wave-head");
    paint.fillRect(this.headS * scale - 1, 0, 2, high);
  }
}
