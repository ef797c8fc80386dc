/**
 * The ways to one and the same ОФД: the register's own address and, where configured, a second one,
 * or another network of this machine (requirements, Overflow). What worked last goes first; from
 * the second route the first one is looked at again while nothing waits.
 */
import type { OfdAddress } from "./exchange.ts";

export type RouteName = "primary" | "second";

export interface OfdRoute extends OfdAddress {
  readonly name: RouteName;
}

export interface RouteSettings {
  readonly host?: string | undefined;
  readonly port?: number | undefined;
  readonly second_host?: string | undefined;
  readonly second_port?: number | undefined;
  readonly second_local_address?: string | undefined;
  readonly timeout_ms: number;
}

/**
 * @param own the register's address of the ОФД (table 19), used where the configuration names none
 * @returns first the primary one; empty: nobody has told where the ОФД is
 */
export function routesOf(
  settings: RouteSettings,
  own: { readonly host: string; readonly port: number } | null,
): readonly OfdRoute[] {
  const { host, port, second_host, second_port, second_local_address, timeout_ms } = settings;
  const main = host !== undefined && port !== undefined ? { host, port } : own;
  if (main === null) return [];
  const timeoutMs = timeout_ms;
  const primary: OfdRoute = { name: "primary", host: main.host, port: main.port, timeoutMs };
  if (second_host === undefined && second_local_address === undefined) return [primary];
  return [
    primary,
    {
      name: "second",
      host: second_host ?? main.host,
      port: second_port ?? main.port,
      timeoutMs,
      ...(second_local_address === undefined ? {} : { localAddress: second_local_address }),
    },
  ];
}

export interface RoutedOptions {
  readonly routes: () => readonly OfdRoute[];
  /** Another route than before carries the messages. */
  readonly onChange: (route: RouteName) => void;
}

export class Routed {
  readonly #options: RoutedOptions;
  #current: RouteName = "primary";
  #used: RouteName | null = null;

  constructor(options: RoutedOptions) {
    this.#options = options;
  }

  /** How the last message went; null before the first. */
  get used(): RouteName | null {
    return this.#used;
  }

  get known(): boolean {
    return this.#options.routes().length > 0;
  }

  /** Messages go another way than they should. */
  get astray(): OfdRoute | null {
    return this.#current === "primary" ? null : (this.#options.routes()[0] ?? null);
  }

  /**
   * Tries the route that worked last, then the other one.
   * @throws what the last of them threw
   */
  async through<T>(call: (route: OfdRoute) => Promise<T>, signal: AbortSignal): Promise<T> {
    const routes = this.#options.routes();
    const ordered = [...routes].sort(
      (a, b) => Number(b.name === this.#current) - Number(a.name === this.#current),
    );
    let failure: unknown = new Error("no route to the ОФД");
    for (const route of ordered) {
      try {
        const result = await call(route);
        this.take(route.name);
        return result;
      } catch (error) {
        failure = error;
        if (signal.aborted) break;
      }
    }
    throw failure;
  }

  take(name: RouteName): void {
    this.#used = name;
    if (name === this.#current) return;
    this.#current = name;
    this.#options.onChange(name);
  }
}
