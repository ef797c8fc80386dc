/**
 * A link that can fail: a host of its own in a network namespace, with a gate on it that leads to
 * a server on this machine. `drop` loses every packet to it, as a dead radio link does.
 */
import { execFile, spawn, type ChildProcess } from "node:child_process";
import { existsSync } from "node:fs";
import { createInterface } from "node:readline";
import { promisify } from "node:util";

const run = promisify(execFile);

export type LinkMode = "pass" | "refuse" | "hang" | "drop";

/** Needs root or passwordless sudo, as the README's set-up does. */
const asRoot = process.getuid?.() === 0 ? [] : ["sudo", "-n"];

async function ip(...args: string[]): Promise<string> {
  const [program = "ip", ...rest] = [...asRoot, "ip", ...args];
  const { stdout } = await run(program, rest, { timeout: 10_000 });
  return stdout;
}

/** One gate process; see `gate-main.ts`. */
class Gate {
  readonly #child: ChildProcess;
  readonly #answers: AsyncIterator<string>;

  constructor(prefix: readonly string[], addresses: readonly string[]) {
    const script = new URL("gate-main.ts", import.meta.url).pathname;
    const [program = "", ...args] = [
      ...prefix,
      process.execPath,
      "--import",
      "tsx",
      script,
      ...addresses,
    ];
    this.#child = spawn(program, args, { stdio: ["pipe", "pipe", "inherit"] });
    if (!this.#child.stdout) throw new Error("gate without stdout");
    this.#answers = createInterface({ input: this.#child.stdout })[Symbol.asyncIterator]();
  }

  async said(expected: string): Promise<void> {
    const next = await this.#answers.next();
    if (next.done || next.value !== expected) {
      throw new Error(`gate said ${next.done ? "nothing" : next.value} instead of ${expected}`);
    }
  }

  async set(mode: string): Promise<void> {
    this.#child.stdin?.write(`${mode}\n`);
    await this.said(mode);
  }

  async end(): Promise<void> {
    if (this.#child.exitCode !== null) return;
    const gone = new Promise((resolve) => this.#child.once("exit", resolve));
    this.#child.stdin?.end();
    await gone;
  }
}

/** Locally administered address that no interface has: frames sent to it are nobody's. */
const NOBODY = "02:00:00:00:00:99";

/** Removes what a test process that was killed left of this number: its addresses would be ours. */
async function sweep(number: number): Promise<void> {
  for (const line of (await ip("netns", "list")).split("\n")) {
    const [name, pid, of] = /^opl(\d+)x(\d+)/.exec(line) ?? [];
    if (name === undefined || Number(of) !== number || existsSync(`/proc/${pid}`)) continue;
    await ip("netns", "del", name);
  }
}

export class Link {
  /** Where the server is reached through the link. */
  readonly host: string;
  readonly port: number;
  readonly #name: string;
  readonly #far: Gate;
  readonly #near: Gate;
  readonly #mac: string;

  private constructor(
    name: string,
    address: { readonly host: string; readonly port: number; readonly mac: string },
    gates: { readonly far: Gate; readonly near: Gate },
  ) {
    this.#name = name;
    this.host = address.host;
    this.port = address.port;
    this.#mac = address.mac;
    this.#far = gates.far;
    this.#near = gates.near;
  }

  get url(): string {
    return `http://${this.host}:${this.port}`;
  }

  /**
   * Makes the namespace, the pair of interfaces and the gates. `number` (1–250) tells links that
   * live at the same time apart; `targetPort` is on this machine's loopback.
   */
  static async create(number: number, port: number, targetPort: number): Promise<Link> {
    await sweep(number);
    const name = `opl${process.pid}x${number}`;
    const near = `10.231.${number}.1`;
    const far = `10.231.${number}.2`;
    await ip("netns", "add", name);
    try {
      await ip("link", "add", `${name}a`, "type", "veth", "peer", "name", `${name}b`);
      await ip("link", "set", `${name}b`, "netns", name);
      await ip("addr", "add", `${near}/30`, "dev", `${name}a`);
      await ip("link", "set", `${name}a`, "up");
      await ip("-n", name, "addr", "add", `${far}/30`, "dev", `${name}b`);
      await ip("-n", name, "link", "set", `${name}b`, "up");
      const shown = await ip("-n", name, "-j", "link", "show", `${name}b`);
      const mac = (JSON.parse(shown) as { address: string }[])[0]?.address;
      if (mac === undefined) throw new Error("the link's far end has no address");
      // The near gate lets the namespace reach a server that listens on loopback only.
      const nearGate = new Gate([], [near, String(port + 1), "127.0.0.1", String(targetPort)]);
      await nearGate.said("pass");
      const inside = [...asRoot, "ip", "netns", "exec", name];
      const farGate = new Gate(inside, [far, String(port), near, String(port + 1)]);
      await farGate.said("pass");
      return new Link(name, { host: far, port, mac }, { far: farGate, near: nearGate });
    } catch (error) {
      await ip("netns", "del", name).catch(() => undefined);
      throw error;
    }
  }

  async set(mode: LinkMode): Promise<void> {
    const mac = mode === "drop" ? NOBODY : this.#mac;
    const device = `${this.#name}a`;
    await ip("neigh", "replace", this.host, "lladdr", mac, "nud", "permanent", "dev", device);
    if (mode !== "drop") await this.#far.set(mode);
  }

  async close(): Promise<void> {
    await this.#far.end();
    await this.#near.end();
    await ip("netns", "del", this.#name);
  }
}
