// The microphone, at 24 kHz and one channel where the browser can. Tells of every piece heard, and when it is lost.
export const RATE = 24000;
const ANSWER_MS = 500;

// The hub levels every sound itself; what browsers do to calls would only pump the noise up between the words.
const WANTED = { channelCount: 1, echoCancellation: false, autoGainControl: false, noiseSuppression: false };

export class Capture {
  // `onPiece({samples, peak, rms})` ten times a second; `onLost(reason)`: "lost" or "muted".
  // `rate` where it goes on with what was recorded before: then it must be that one.
  static async open(worklet, rate, device, onPiece, onLost) {
    const audio = device ? { ...WANTED, deviceId: { exact: device } } : WANTED;
    const stream = await navigator.mediaDevices.getUserMedia({ audio });
    try {
      return await Capture.start(stream, worklet, rate, onPiece, onLost);
    } catch (error) {
      for (const track of stream.getTracks()) track.stop();
      throw error;
    }
  }

  static async start(stream, worklet, rate, onPiece, onLost) {
    let context = new AudioContext({ sampleRate: rate ?? RATE });
    let source;
    try {
      source = context.createMediaStreamSource(stream);
    } catch (error) { // some browsers do not change the rate of a microphone
      await context.close();
      if (rate) throw error;
      context = new AudioContext();
      source = context.createMediaStreamSource(stream);
    }
    await context.audioWorklet.addModule(worklet);
    await context.resume();
    const node = new AudioWorkletNode(context, "capture", { channelCount: 1, channelCountMode: "explicit" });
    source.connect(node).connect(context.destination); // it puts out silence, and is only run when connected
    return new Capture(stream, context, node, onPiece, onLost);
  }

  constructor(stream, context, node, onPiece, onLost) {
    this.stream = stream;
    this.context = context;
    this.node = node;
    this.rate = context.sampleRate;
    this.onLast = () => {};
    this.isOpen = true;
    node.port.onmessage = ({ data }) => {
      onPiece(data);
      if (data.isLast) this.onLast();
    };
    const [track] = stream.getAudioTracks();
    track.addEventListener("ended", () => this.isOpen && onLost("lost"));
    track.addEventListener("mute", () => this.isOpen && onLost("muted"));
    context.addEventListener("statechange", () => this.isOpen && context.state !== "running" && onLost("muted"));
  }

  get device() {
    return this.stream.getAudioTracks()[0].getSettings().deviceId ?? "";
  }

  // The rest of what was heard, told as a last piece.
  flush() {
    return new Promise((done) => {
      this.onLast = done;
      this.node.port.postMessage("flush");
      setTimeout(done, ANSWER_MS); // a sound system that was taken away does not answer
    });
  }

  async close() {
    this.isOpen = false;
    for (const track of this.stream.getTracks()) track.stop();
    await this.context.close();
  }
}

export async function microphones() {
  const devices = await navigator.mediaDevices.enumerateDevices();
  return devices.filter((device) => device.kind === "audioinput" && device.label && device.deviceId !== "communications");
}
