// Turns the microphone's sound into 16-bit pieces of a tenth of a second, with how loud each was.
const FULL = 32767;

class Capture extends AudioWorkletProcessor {
  constructor() {
    super();
    this.begin();
    this.port.onmessage = () => this.send(true);
  }

  begin() {
    this.samples = new Int16Array(Math.round(sampleRate / 10));
    this.filled = 0;
    this.peak = 0;
    this.energy = 0;
  }

  process([input]) {
    for (const value of input[0] ?? []) {
      const heard = Math.max(-1, Math.min(1, value));
      this.samples[this.filled++] = Math.round(heard * FULL);
      this.peak = Math.max(this.peak, Math.abs(heard));
      this.energy += heard * heard;
      if (this.filled === this.samples.length) this.send(false);
    }
    return true;
  }

  send(isLast) {
    const samples = this.samples.slice(0, this.filled);
    const rms = this.filled ? Math.sqrt(this.energy / this.filled) : 0;
    this.port.postMessage({ samples, peak: this.peak, rms, isLast }, [samples.buffer]);
    this.begin();
  }
}

registerProcessor("capture", Capture);
