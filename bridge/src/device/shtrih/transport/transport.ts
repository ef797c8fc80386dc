/**
 * A line of bytes to the device. It promises little: events may be missing or late, so whoever uses
 * it watches over time itself and never waits for `lost` alone.
 */
export interface TransportEvents {
  data(bytes: Uint8Array): void;
  /** The line broke after it was open; comes at most once per `open`. */
  lost(error: Error): void;
}

export interface Transport {
  /** For messages: `/dev/ttyACM0`, `192.0.2.7:7778`. */
  readonly name: string;
  /** @throws TransportError in Russian: what is wrong with the port, and what to do */
  open(events: TransportEvents): Promise<void>;
  /** Resolves once the bytes were handed to the operating system. @throws TransportError */
  write(bytes: Uint8Array): Promise<void>;
  /** Never throws; after it no event comes. */
  close(): Promise<void>;
}

/** The port cannot be opened or written. The text is Russian, for the operator. */
export class TransportError extends Error {
  override readonly name = "TransportError";
}

/** Rejects with `message` unless `work` settles within `ms`. */
export async function within<T>(ms: number, message: string, work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new TransportError(message)), ms);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}
