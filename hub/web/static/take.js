// What was recorded, as 16-bit samples of one channel: cut, drawn, judged and made a WAV file. No page, no microphone.
const FULL = 32768;
const HEADER = 44;
const FRAME_S = 0.02;
const MARGIN_S = 0.25;
const QUIET_DB = -36;
const CLIPPED = 0.985;

const decibel = (ratio) => 20 * Math.log10(Math.max(ratio, 1e-6));

export class Take {
  constructor(rate) {
    this.rate = rate;
    this.pieces = [];
    this.length = 0;
  }

  get durationS() {
    return this.length / this.rate;
  }

  add(samples) {
    if (samples.length === 0) return;
    this.pieces.push({ at: this.length, samples });
    this.length += samples.length;
  }

  // The samples from one second to another, in as many arrays as they came.
  *between(fromS, toS) {
    const from = Math.max(0, Math.round(fromS * this.rate));
    const to = Math.min(this.length, Math.round(toS * this.rate));
    for (const { at, samples } of this.pieces) {
      if (at + samples.length <= from || at >= to) continue;
      yield samples.subarray(Math.max(0, from - at), Math.min(samples.length, to - at));
    }
  }

  wav(fromS, toS) {
    const parts = [...this.between(fromS, toS)];
    const bytes = parts.reduce((sum, part) => sum + part.byteLength, 0);
    return new Blob([header(this.rate, bytes), ...parts], { type: "audio/wav" });
  }

  // The loudest sample (0 to 1) in each of `count` equal parts.
  peaks(count) {
    const found = new Float32Array(count);
    for (const { at, samples } of this.pieces) {
      for (let i = 0; i < samples.length; i++) {
        const part = Math.floor(((at + i) / this.length) * count);
        const level = Math.abs(samples[i]) / FULL;
        if (level > found[part]) found[part] = level;
      }
    }
    return found;
  }

  // From where to where there is sound, with a margin around: [from, to] in seconds; all of it where nothing stands out.
  sounding() {
    const levels = this.levels();
    const sorted = Float32Array.from(levels).sort();
    const [floor, loud] = [0.1, 0.95].map((part) => sorted[Math.floor(part * (sorted.length - 1))]);
    const threshold = Math.min(Math.max(floor + 8, -55), loud - 12);
    const first = levels.findIndex((level) => level > threshold);
    const last = levels.findLastIndex((level) => level > threshold);
    if (first < 0) return [0, this.durationS];
    return [Math.max(0, first * FRAME_S - MARGIN_S), Math.min(this.durationS, (last + 1) * FRAME_S + MARGIN_S)];
  }

  // How loud it is, in decibel below full, each 20 ms.
  levels() {
    const size = Math.round(FRAME_S * this.rate);
    const energy = new Float64Array(Math.max(1, Math.floor(this.length / size)));
    for (const { at, samples } of this.pieces) {
      for (let i = 0; i < samples.length; i++) {
        const frame = Math.floor((at + i) / size);
        if (frame < energy.length) energy[frame] += samples[i] * samples[i];
      }
    }
    return Float32Array.from(energy, (sum) => decibel(Math.sqrt(sum / size) / FULL));
  }
}

// How loud somebody speaks, from the pieces of the last seconds: "quiet", "good" or "loud" (the sound breaks).
export function judge(pieces) {
  if (pieces.some((piece) => piece.peak >= CLIPPED)) return "loud";
  return Math.max(...pieces.map((piece) => decibel(piece.rms))) < QUIET_DB ? "quiet" : "good";
}

// Where a level stands on a scale of 60 decibel: 0 to 1.
export function scale(level) {
  return Math.max(0, Math.min(1, 1 + decibel(level) / 60));
}

function header(rate, bytes) {
  const view = new DataView(new ArrayBuffer(HEADER));
  const text = (at, letters) => [...letters].forEach((letter, i) => view.setUint8(at + i, letter.charCodeAt(0)));
  text(0, "RIFF");
  view.setUint32(4, HEADER - 8 + bytes, true);
  text(8, "WAVEfmt ");
  view.setUint32(16, 16, true);
  view.setUint16(20, 1, true); // PCM
  view.setUint16(22, 1, true); // one channel
  view.setUint32(24, rate, true);
  view.setUint32(28, rate * 2, true);
  view.setUint16(32, 2, true);
  view.setUint16(34, 16, true);
  text(36, "data");
  view.setUint32(40, bytes, true);
  return view.buffer;
}
