import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { describeSerialError, SerialTransport } from "./serial.ts";
import { TransportError } from "./transport.ts";

let directory: string;
let path: string;
let line: ChildProcess | null;
const opened: SerialTransport[] = [];

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "serial-"));
  path = join(directory, "port");
  line = null;
});

afterEach(async () => {
  for (const transport of opened.splice(0)) await transport.close();
  await unplug();
  rmSync(directory, { recursive: true, force: true });
});

/** A pseudo serial port that gives back what it gets. */
async function plug(): Promise<void> {
  line = spawn("socat", [`PTY,link=${path},raw,echo=0`, "EXEC:cat"], { stdio: "ignore" });
  await expect.poll(() => existsSync(path), { timeout: 5_000 }).toBe(true);
}

async function unplug(): Promise<void> {
  const socat = line;
  line = null;
  if (!socat || socat.exitCode !== null) return;
  socat.kill();
  await once(socat, "exit");
}

async function open(): Promise<{ transport: SerialTransport; data: number[]; lost: string[] }> {
  const transport = new SerialTransport({ path, baudRate: 115_200 });
  opened.push(transport);
  const seen = { transport, data: [] as number[], lost: [] as string[] };
  await transport.open({
    data: (bytes) => seen.data.push(...bytes),
    lost: (error) => seen.lost.push(error.message),
  });
  return seen;
}

describe("the serial line", () => {
  it("carries every byte value both ways", async () => {
    await plug();
    const seen = await open();
    const all = Uint8Array.from({ length: 256 }, (_, i) => i);
    await seen.transport.write(all);
    await expect.poll(() => seen.data).toEqual([...all]);
  });

  it("belongs to one program", async () => {
    await plug();
    const first = await open();
    await expect(open()).rejects.toThrow(/занят другой программой/);
    await first.transport.close();
    await expect(open()).resolves.toBeDefined();
  });

  it("waits a moment for a lock that is going away", async () => {
    await plug();
    const first = await open();
    const second = open();
    setTimeout(() => void first.transport.close(), 60);
    await expect(second).resolves.toBeDefined();
  });

  it("names a port that does not exist", async () => {
    await expect(open()).rejects.toThrow(/не найден: проверьте кабель и имя порта/);
    await expect(open()).rejects.toBeInstanceOf(TransportError);
  });

  it("names a file that is no port", async () => {
    path = directory;
    await expect(open()).rejects.toThrow(/не последовательный порт/);
  });

  it("tells once that the cable is out, and opens again when it is back", async () => {
    await plug();
    const seen = await open();
    await unplug();
    // nobody writes: a till that only listens must notice all the same
    await expect.poll(() => seen.lost, { timeout: 2_000 }).toHaveLength(1);
    expect(seen.lost[0]).toMatch(/кабель отключён/);
    await expect(seen.transport.write(Uint8Array.of(5))).rejects.toThrow(TransportError);
    await plug();
    const again = await open();
    await again.transport.write(Uint8Array.of(6));
    await expect.poll(() => again.data).toEqual([6]);
  });

  it.each([
    ["EACCES", "permission denied", /нет прав.*dialout/],
    ["", "Error Resource temporarily unavailable Cannot lock port", /занят/],
    ["", "Invalid baud rate", /скорость 115200 не поддерживается/],
    ["EIO", "input/output error", /input\/output error/],
  ])("describes %s %s", (code, message, expected) => {
    const error = Object.assign(new Error(message), code === "" ? {} : { code });
    expect(describeSerialError(error, "/dev/ttyACM0", 115_200)).toMatch(expected);
  });
});
