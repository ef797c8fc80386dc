/**
 * One message to the ОФД and its answer: a new TCP connection for each, as the register's own
 * driver does it (fiscal.md §3.0). Both are opaque: the ФН signs and reads them.
 */
import { connect, type Socket } from "node:net";

export interface OfdAddress {
  readonly host: string;
  readonly port: number;
  /** For the whole exchange, ms. */
  readonly timeoutMs: number;
}

/** The ОФД could not be reached or gave no whole answer; `message` is Russian. */
export class OfdError extends Error {
  override readonly name = "OfdError";
}

/** Bytes of the session message's header; the body's length is LE16 at 24 (fiscal.md §3.2). */
const HEADER = 30;
const LENGTH_AT = 24;
const SIGNATURE = Buffer.from([0x2a, 0x08, 0x41, 0x0a]);

/** @returns header and body of the answer; @throws OfdError */
export function exchange(
  address: OfdAddress,
  message: Uint8Array,
  signal: AbortSignal,
): Promise<Uint8Array> {
  return withConnection(address, signal, (socket, resolve, reject) => {
    const chunks: Buffer[] = [];
    let size = 0;
    socket.write(message);
    socket.on("data", (chunk: Buffer) => {
      chunks.push(chunk);
      size += chunk.length;
      const answer = Buffer.concat(chunks, size);
      const whole = wholeLength(answer);
      if (whole === "foreign") reject(new OfdError("ОФД ответил не по протоколу"));
      else if (whole !== null && size >= whole) resolve(new Uint8Array(answer.subarray(0, whole)));
    });
    socket.on("end", () => {
      reject(
        new OfdError(
          size === 0 ? "ОФД закрыл соединение без ответа" : "ОФД оборвал ответ на середине",
        ),
      );
    });
  });
}

/** Only whether somebody listens there. @throws OfdError */
export function probe(address: OfdAddress, signal: AbortSignal): Promise<void> {
  return withConnection<void>(address, signal, (_socket, resolve) => resolve(undefined));
}

function wholeLength(answer: Buffer): number | "foreign" | null {
  const seen = Math.min(answer.length, SIGNATURE.length);
  if (!answer.subarray(0, seen).equals(SIGNATURE.subarray(0, seen))) return "foreign";
  return answer.length < HEADER ? null : HEADER + answer.readUInt16LE(LENGTH_AT);
}

function withConnection<T>(
  { host, port, timeoutMs }: OfdAddress,
  signal: AbortSignal,
  use: (socket: Socket, resolve: (value: T) => void, reject: (error: Error) => void) => void,
): Promise<T> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host, port, noDelay: true });
    const end = (settle: () => void): void => {
      clearTimeout(timer);
      signal.removeEventListener("abort", onAbort);
      socket.removeAllListeners();
      // a late error of a socket that nobody watches must not end the process
      socket.on("error", () => undefined);
      socket.destroy();
      settle();
    };
    const fail = (error: Error): void => end(() => reject(error));
    const onAbort = (): void => fail(new OfdError("обмен с ОФД прерван остановкой"));
    const timer = setTimeout(
      () => fail(new OfdError(`ОФД не ответил за ${timeoutMs} мс`)),
      timeoutMs,
    );
    if (signal.aborted) {
      onAbort();
      return;
    }
    signal.addEventListener("abort", onAbort, { once: true });
    socket.on("error", (error: NodeJS.ErrnoException) => {
      fail(new OfdError(`нет связи с ОФД ${host}:${port}: ${error.code ?? error.message}`));
    });
    socket.on("connect", () => use(socket, (value) => end(() => resolve(value)), fail));
  });
}
