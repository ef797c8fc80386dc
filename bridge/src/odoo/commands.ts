/**
 * What Odoo orders this till to do. Each command is applied once by its id, also over a restart;
 * its result goes with every heartbeat until one that carried it was answered.
 */
import { z } from "zod";
import { isoUtc, type Clock } from "../domain/clock.ts";
import { parseKey } from "../domain/receipt-key.ts";
import type { Journal } from "../journal/types.ts";
import type { Logger } from "../observability/logger.ts";
import { DurableSetting } from "../resilience/durable-setting.ts";
import { commandSchema, type Command } from "./schemas.ts";

/** Ids remembered; Odoo repeats a command for an hour at most. */
const MOST_KNOWN = 200;
/** Dead rows looked through by one `dlq_retry` of all. */
const PAGE = 100;
/** Who, in events and in the journal. */
const ODOO = "odoo";

const doneSchema = z.object({
  id: z.string(),
  state: z.enum(["done", "failed"]),
  /** Russian. */
  text: z.string(),
  /** Odoo's heartbeat took it. */
  told: z.boolean(),
});
type Done = z.infer<typeof doneSchema>;
const listSchema = z.array(doneSchema);

export interface CommandResult {
  readonly id: string;
  readonly state: "done" | "failed" | "expired";
  readonly text: string;
}

export interface CommandsOptions {
  readonly journal: Pick<
    Journal,
    | "getSetting"
    | "setSetting"
    | "appendEvent"
    | "setCapacity"
    | "retryDead"
    | "settleDead"
    | "dead"
  >;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Both legs go now, whatever their pause was. */
  readonly syncNow: () => void;
  /** Throws where the lane can't do it now. */
  readonly maintenance: (on: boolean, reason: string) => void;
  /** Something to tell: the next heartbeat need not wait. */
  readonly onResult: () => void;
}

/** Refused with a text of its own. */
class Refused extends Error {
  override readonly name = "Refused";
}

const capacityArgs = z.object({ capacity: z.int().min(200).max(300) });
const retryArgs = z.object({ key: z.string().nullish() });
const resolveArgs = z.object({ key: z.string(), reason: z.string().trim().min(1).max(500) });
const maintenanceArgs = z.object({ on: z.boolean(), reason: z.string().nullish() });

export class Commands {
  readonly #options: CommandsOptions;
  readonly #setting: DurableSetting<typeof listSchema>;
  #known: Done[] = [];

  constructor(options: CommandsOptions) {
    this.#options = options;
    this.#setting = new DurableSetting(options.journal, "odoo.commands", listSchema);
  }

  load(): void {
    this.#known = this.#setting.read() ?? [];
  }

  /** Not yet taken by Odoo. */
  results(): readonly CommandResult[] {
    return this.#known
      .filter(({ told }) => !told)
      .map(({ id, state, text }) => ({ id, state, text }));
  }

  /** A heartbeat that carried these was answered. */
  told(results: readonly CommandResult[]): void {
    if (results.length === 0) return;
    const ids = new Set(results.map(({ id }) => id));
    this.#keep(this.#known.map((done) => (ids.has(done.id) ? { ...done, told: true } : done)));
  }

  /** @param newestFence newest token that this till has seen */
  take(commands: readonly unknown[], newestFence: number): void {
    for (const raw of commands) {
      const command = commandSchema.safeParse(raw);
      if (!command.success) {
        this.#options.logger.warn("odoo_command_unreadable", { command: raw });
        this.#takeUnreadable(raw);
        continue;
      }
      this.#takeOne(command.data, newestFence);
    }
  }

  #takeUnreadable(raw: unknown): void {
    const named = z.object({ id: commandSchema.shape.id }).safeParse(raw);
    if (!named.success || this.#isKnown(named.data.id)) return;
    this.#end({ id: named.data.id, kind: "" }, "failed", "Команда не читается этим мостом.");
  }

  #takeOne(command: Command, newestFence: number): void {
    if (this.#isKnown(command.id)) return;
    if (command.fence < newestFence) {
      const text = `Команда устарела: её маркер ${command.fence}, действует ${newestFence}.`;
      this.#end(command, "failed", text);
      return;
    }
    try {
      this.#end(command, "done", this.#apply(command));
    } catch (error) {
      this.#options.logger.warn("odoo_command_failed", { id: command.id, error });
      this.#end(command, "failed", error instanceof Error ? error.message : String(error));
    }
  }

  /** Already applied: it is told again, since Odoo seems not to have heard. */
  #isKnown(id: string): boolean {
    const known = this.#known.find((done) => done.id === id);
    if (known === undefined) return false;
    if (known.told) {
      this.#keep(this.#known.map((done) => (done === known ? { ...done, told: false } : done)));
    }
    return true;
  }

  /** @returns Russian, what was done; @throws where it was not */
  #apply({ kind, args }: Command): string {
    const { journal, clock, syncNow, maintenance } = this.#options;
    switch (kind) {
      case "sync_now":
        syncNow();
        return "Отправка в ОФД и в Odoo запущена.";
      case "capacity": {
        const { capacity } = read(capacityArgs, args, "ёмкость буфера: целое от 200 до 300");
        journal.setCapacity(capacity, isoUtc(clock));
        return `Ёмкость буфера — ${capacity}.`;
      }
      case "dlq_retry": {
        const { key } = read(retryArgs, args, "ключ чека или ничего");
        const count = key == null ? this.#retryAll() : this.#retryOne(key);
        syncNow();
        return `Снова отправляется чеков: ${count}.`;
      }
      case "dlq_resolve": {
        const { key, reason } = read(resolveArgs, args, "ключ чека и причина, до 500 знаков");
        this.#resolve(key, reason);
        return `Чек ${key} снят с учёта.`;
      }
      case "maintenance": {
        const { on, reason } = read(maintenanceArgs, args, "on: да или нет, reason: причина");
        maintenance(on, reason ?? "");
        return on ? "Касса на обслуживании." : "Обслуживание окончено.";
      }
      default:
        throw new Refused(`Этот мост не знает команды «${kind.slice(0, 40)}».`);
    }
  }

  #retryOne(text: string): number {
    const { journal, clock } = this.#options;
    const key = parseKey(text);
    if (key === null) throw new Refused(`Не ключ чека: «${text.slice(0, 60)}».`);
    if (journal.retryDead(key, ODOO, isoUtc(clock)) === null) {
      throw new Refused(`Среди неотправленных нет чека ${text}.`);
    }
    return 1;
  }

  #resolve(text: string, reason: string): void {
    const { journal, clock } = this.#options;
    const key = parseKey(text);
    if (key === null) throw new Refused(`Не ключ чека: «${text.slice(0, 60)}».`);
    if (journal.settleDead(key, reason, ODOO, isoUtc(clock)) === null) {
      throw new Refused(`Среди неотправленных нет чека ${text}.`);
    }
  }

  #retryAll(): number {
    const { journal, clock } = this.#options;
    let count = 0;
    for (;;) {
      const dead = journal.dead({ limit: PAGE });
      if (dead.length === 0) return count;
      let revived = 0;
      for (const { row } of dead) {
        if (journal.retryDead(row.key, ODOO, isoUtc(clock)) !== null) revived += 1;
      }
      if (revived === 0) return count;
      count += revived;
    }
  }

  #end({ id, kind }: Pick<Command, "id" | "kind">, state: Done["state"], text: string): void {
    const { journal, clock, onResult } = this.#options;
    this.#keep([...this.#known, { id, state, text, told: false }].slice(-MOST_KNOWN));
    journal.appendEvent(`command.${state}`, null, { id, kind, text }, isoUtc(clock));
    onResult();
  }

  #keep(known: Done[]): void {
    this.#known = known;
    this.#setting.write(known);
  }
}

function read<T extends z.ZodType>(schema: T, args: unknown, allowed: string): z.output<T> {
  const result = schema.safeParse(args ?? {});
  if (result.success) return result.data;
  throw new Refused(`Неверные параметры команды; допустимо: ${allowed}.`);
}
