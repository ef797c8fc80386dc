/**
 * One message to the ОФД and its answer: a new TCP connection for each, as the register's own
 * driver does it (fiscal.md §3.0). Both are opaque: the ФН signs and reads them.
 */
import { connect, type Socket } from "node:net";
import {
  HEADER_LENGTH,
  parseSessionHeader,
  SessionMessageError,
  withFullAProtocol,
} from "./session-message.ts";

export interface OfdAddress {
  readonly host: string;
  readonly port: number;
  /** For the whole exchange, ms. */
  readonly timeoutMs: number;
  /** IP address of this machine from which to go: another network; the system's choice if absent. */
  readonly localAddress?: string;
}

/** The ОФД could not be reached or gave no whole answer; `message` is Russian. */
export class OfdError extends Error {
  override readonly name = "OfdError";
}

/** @returns header and body of the answer; @throws OfdError */
export function exchange(
  address: OfdAddress,
  message: Uint8Array,
  signal: AbortSignal,
): Promise<Uint8Array> {
  return withConnection(address, signal, (socket, resolve, reject) => {
    const chunks: Buffer[] = [];
    let size = 0;
    socket.write(withFullAProtocol(message));
    socket.on("data", (chunk: Buffer) => {
      chunks.push(chunk);
      size += chunk.length;
      try {
        const answer = wholeAnswer(Buffer.concat(chunks, size));
        if (answer !== null) resolve(answer);
      } catch (error) {
        reject(error as Error);
      }
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

/**
 * null while bytes are missing. What is inside, its CRC included, is the ФН's to judge.
 * @throws OfdError when it is no session message
 */
function wholeAnswer(bytes: Uint8Array): Uint8Array | null {
  if (bytes.length < HEADER_LENGTH) return null;
  try {
    const whole = HEADER_LENGTH + parseSessionHeader(bytes).bodyLength;
    return bytes.length < whole ? null : bytes.slice(0, whole);
  } catch (error) {
    if (!(error instanceof SessionMessageError)) throw error;
    throw new OfdError("ОФД ответил не по протоколу", { cause: error });
  }
}

function withConnection<T>(
  { host, port, timeoutMs, localAddress }: OfdAddress,
  signal: AbortSignal,
  use: (socket: Socket, resolve: (value: T) => void, reject: (error: Error) => void) => void,
): Promise<T> {
  return new Promise((resolve, reject) => {
    const socket = connect({
      host,
      port,
      noDelay: true,
      ...(localAddress === undefined ? {} : { localAddress }),
    });
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
