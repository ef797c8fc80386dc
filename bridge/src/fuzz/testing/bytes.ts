/** Random and mutated bytes for parsers, from a seed, in as many bytes as are asked for. */
import { xoroshiro128plus } from "pure-rand/generator/xoroshiro128plus";

export interface ByteSource {
  /** Whole number 0 … `below` − 1. */
  whole(below: number): number;
  /** Random bytes, 1 … `longest`. */
  noise(longest: number): Uint8Array;
  /** A message of the corpus with a few things done to it, or plain noise now and then. */
  mutated(): Uint8Array;
}

export function byteSource(seed: number, corpus: readonly Uint8Array[]): ByteSource {
  const random = xoroshiro128plus(seed);
  const whole = (below: number): number => (random.next() >>> 0) % below;
  const noise = (longest: number): Uint8Array => {
    const bytes = new Uint8Array(1 + whole(longest));
    for (let i = 0; i < bytes.length; i += 1) bytes[i] = random.next() & 0xff;
    return bytes;
  };
  const pick = (): Uint8Array => corpus[whole(corpus.length)] ?? new Uint8Array(0);
  const change = (bytes: Uint8Array): Uint8Array => {
    const at = whole(bytes.length + 1);
    const length = whole(8);
    switch (whole(6)) {
      case 0: {
        const flipped = bytes.slice();
        if (at < flipped.length) flipped[at] = (flipped[at] ?? 0) ^ (1 << whole(8));
        return flipped;
      }
      case 1:
        return join(bytes.subarray(0, at), bytes.subarray(at + length));
      case 2:
        return join(bytes.subarray(0, at), noise(8), bytes.subarray(at));
      case 3:
        return join(bytes.subarray(0, at), bytes.subarray(at, at + length), bytes.subarray(at));
      case 4:
        return bytes.subarray(0, at);
      default:
        return join(bytes.subarray(0, at), pick());
    }
  };
  return {
    whole,
    noise,
    mutated() {
      if (whole(8) === 0) return noise(400);
      let bytes = pick();
      for (let times = whole(4); times > 0; times -= 1) bytes = change(bytes);
      return bytes;
    },
  };
}

export function join(...parts: readonly Uint8Array[]): Uint8Array {
  return new Uint8Array(Buffer.concat(parts));
}
