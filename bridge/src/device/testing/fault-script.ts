/** What goes wrong at a scripted device, and where it waits: declared by the test, each used once. */
import type { FiscalDevice } from "../fiscal-device.ts";

export type DeviceCall = keyof FiscalDevice;

export type FaultKind =
  /** The link is gone before the command was sent. */
  | "link"
  /** The command was lost; the caller can't know. */
  | "lost-before"
  /** The command was executed, its answer was lost. */
  | "lost-after"
  /** The device answers this error code. */
  | { readonly refuse: number }
  /** The command was executed, and what the device answers is the trouble that came after it. */
  | { readonly refuseAfter: number }
  /** Anything else a driver might throw. */
  | { readonly throws: Error };

export function isAfter(kind: FaultKind): kind is "lost-after" | { readonly refuseAfter: number } {
  return kind === "lost-after" || (typeof kind === "object" && "refuseAfter" in kind);
}

export interface Fault {
  readonly call: DeviceCall;
  readonly kind: FaultKind;
  /** What happens meanwhile, e.g. somebody presses Z. */
  readonly meanwhile?: () => void;
}

interface Hold {
  readonly call: DeviceCall;
  readonly reached: () => void;
  readonly released: Promise<void>;
}

/** Takes the first that fits and removes it. */
function take<T extends { readonly call: DeviceCall }>(list: T[], call: DeviceCall): T | null {
  const index = list.findIndex((one) => one.call === call);
  return index < 0 ? null : (list.splice(index, 1)[0] ?? null);
}

export class FaultScript {
  readonly #faults: Fault[] = [];
  readonly #holds: Hold[] = [];

  add(fault: Fault): void {
    this.#faults.push(fault);
  }

  /** The next such call waits; `reached` resolves when it has come. */
  hold(call: DeviceCall): { readonly reached: Promise<void>; readonly release: () => void } {
    let release = (): void => undefined;
    let arrive = (): void => undefined;
    const released = new Promise<void>((resolve) => (release = resolve));
    const reached = new Promise<void>((resolve) => (arrive = resolve));
    this.#holds.push({ call, reached: arrive, released });
    return { reached, release };
  }

  /** Stands still where the test holds this call. */
  async wait(call: DeviceCall): Promise<void> {
    const hold = take(this.#holds, call);
    if (!hold) return;
    hold.reached();
    await hold.released;
  }

  take(call: DeviceCall): Fault | null {
    return take(this.#faults, call);
  }

  /** Faults that have not struck. */
  get unused(): number {
    return this.#faults.length;
  }
}
