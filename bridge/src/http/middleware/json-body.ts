/**
 * Reads a JSON body strictly: its type, its encoding, its size. Bytes that are no UTF-8 are refused
 * instead of being replaced, so that no receipt prints other characters than the page sent.
 */
import type { IncomingMessage } from "node:http";
import type { RequestHandler } from "express";
import { Problem } from "../problems.ts";

/** Bytes. */
export const BODY_LIMIT = 1024 * 1024;
/** How long the rest of an oversized body is thrown away, so that its sender hears the answer. */
const DRAIN_MS = 3_000;

export const jsonBody: RequestHandler = async (request, _response, next) => {
  request.body = undefined;
  if (!hasBody(request)) {
    next();
    return;
  }
  checkType(request);
  const bytes = await read(request);
  request.body = bytes.length === 0 ? undefined : parse(bytes);
  next();
};

function hasBody(request: IncomingMessage): boolean {
  const length = request.headers["content-length"];
  return (
    request.headers["transfer-encoding"] !== undefined || (length !== undefined && length !== "0")
  );
}

function checkType(request: IncomingMessage): void {
  const [type, ...parameters] = (request.headers["content-type"] ?? "")
    .split(";")
    .map((part) => part.trim().toLowerCase());
  if (type !== "application/json") throw refuse(request, "content_type_unsupported");
  const charset = parameters.find((parameter) => parameter.startsWith("charset="));
  const name = charset?.slice("charset=".length).replaceAll('"', "");
  if (name !== undefined && name !== "utf-8" && name !== "utf8") {
    throw refuse(
      request,
      "body_invalid",
      `Кодировка ${name.slice(0, 40)} не принимается, нужна UTF-8.`,
    );
  }
  const encoding = request.headers["content-encoding"] ?? "identity";
  if (encoding !== "identity") {
    throw refuse(request, "body_invalid", "Сжатое тело (Content-Encoding) не принимается.");
  }
}

function read(request: IncomingMessage): Promise<Buffer> {
  if (Number(request.headers["content-length"] ?? 0) > BODY_LIMIT) {
    throw refuse(request, "body_too_large");
  }
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let size = 0;
    const onData = (chunk: Buffer): void => {
      size += chunk.length;
      if (size <= BODY_LIMIT) {
        chunks.push(chunk);
        return;
      }
      request.off("data", onData);
      reject(refuse(request, "body_too_large"));
    };
    request.on("data", onData);
    // every request closes: only one that did not end was broken off
    const broken = (): void => reject(new Problem("body_invalid", { detail: "Запрос оборван." }));
    request.once("end", () => {
      request.off("close", broken);
      resolve(Buffer.concat(chunks));
    });
    request.once("error", reject);
    request.once("close", broken);
  });
}

function parse(bytes: Buffer): unknown {
  let text: string;
  try {
    text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: false }).decode(bytes);
  } catch {
    throw new Problem("body_invalid", { detail: "Тело запроса не в кодировке UTF-8." });
  }
  try {
    return JSON.parse(text) as unknown;
  } catch {
    throw new Problem("body_invalid", { detail: "Тело запроса — не JSON." });
  }
}

/** The rest of the body is discarded unread for a moment, then the connection is cut. */
function refuse(
  request: IncomingMessage,
  code: "body_too_large" | "content_type_unsupported" | "body_invalid",
  detail?: string,
): Problem {
  request.resume();
  const timer = setTimeout(() => {
    if (!request.complete) request.socket.destroy();
  }, DRAIN_MS);
  timer.unref();
  request.once("close", () => clearTimeout(timer));
  return new Problem(code, detail === undefined ? {} : { detail });
}
