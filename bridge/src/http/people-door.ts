/** People at the till: who they are by their PIN, what they may, and what they approve. */
import { isoUtc, type Clock } from "../domain/clock.ts";
import { includes } from "./auth/scope.ts";
import type { TrustedTime } from "./auth/trusted-time.ts";
import { Problem } from "./problems.ts";
import type { ApprovalKey } from "../people/approval-key.ts";
import { callerName, type Limits, type Named, type Person } from "../people/person.ts";
import type { PinGuard } from "../people/pin-guard.ts";
import type { Roster } from "../people/roster.ts";

export interface Discount {
  /** The highest one given by hand on a line, percent. */
  readonly percent: number;
  readonly approval: string | null;
}

type Caller = Parameters<typeof callerName>[0];

export interface PeopleDoorOptions {
  readonly roster: Pick<Roster, "people" | "find" | "limits" | "expires" | "isExpired">;
  readonly guard: Pick<PinGuard, "check">;
  readonly key: Pick<ApprovalKey, "sign" | "read">;
  readonly till: string;
  readonly clock: Clock;
  readonly time: Pick<TrustedTime, "now">;
  /** Appends an event that no row depends on. */
  readonly record: (kind: string, data: Readonly<Record<string, unknown>>, at: string) => void;
}

export class PeopleDoor {
  readonly #options: PeopleDoorOptions;

  constructor(options: PeopleDoorOptions) {
    this.#options = options;
  }

  list(): readonly Person[] {
    return this.#options.roster.people();
  }

  limits(): Limits {
    return this.#options.roster.limits();
  }

  /** ISO UTC; null: no roster was ever received. */
  get expires(): string | null {
    return this.#options.roster.expires;
  }

  /**
   * @param what they want it for, goes with the event of a wrong PIN
   * @throws Problem 403 `person_unknown`, `pin_missing`, `pin_wrong`; 429 `pin_locked`
   */
  async identify(id: string, pin: string, what: string, caller: Caller): Promise<Person> {
    const person = this.#known(id);
    await this.#checkPin(person, pin, what, caller);
    return person;
  }

  /**
   * @param uuid of the order; @param percent of its highest discount given by hand
   * @throws Problem as `identify`, 403 `approval_refused`, 422 `discount_exceeds`
   */
  async approve(
    request: { readonly uuid: string; readonly percent: number; readonly person: string },
    pin: string,
    caller: Caller,
  ): Promise<{ readonly approval: string; readonly person: Named }> {
    const { uuid, percent } = request;
    const person = this.#known(request.person);
    const { id, name, role } = person;
    if (!includes(role, "manager")) throw new Problem("approval_refused");
    this.#requireBelowHighest(percent);
    await this.#checkPin(person, pin, "approval", caller);
    const { till, key, time } = this.#options;
    const iat = Math.floor(time.now() / 1000);
    const approval = await key.sign({ till, uuid, percent, person: id, name, iat });
    this.#event("approval.given", { uuid, percent, person: id, name, by: callerName(caller) });
    return { approval, person: { id, name } };
  }

  /**
   * Whether a receipt with this discount may be made.
   * @returns who approved it; null where nobody had to
   * @throws Problem 403 `approval_needed`, `approval_invalid`; 422 `discount_exceeds`
   */
  async checkDiscount(uuid: string, { percent, approval }: Discount): Promise<Named | null> {
    this.#requireBelowHighest(percent);
    const { discount_cashier: own } = this.limits();
    if (percent <= own) return null;
    if (approval === null) {
      throw new Problem("approval_needed", {
        detail: `Скидка ${shown(percent)} % больше ${shown(own)} %: нужно разрешение управляющего.`,
        extra: { limit: own },
      });
    }
    const given = await this.#options.key.read(approval);
    if (given === null || given.till !== this.#options.till) throw new Problem("approval_invalid");
    if (given.uuid !== uuid) {
      throw new Problem("approval_invalid", { detail: "Разрешение выдано для другого заказа." });
    }
    if (given.percent < percent) {
      throw new Problem("approval_invalid", {
        detail: `Разрешена скидка ${shown(given.percent)} %, в заказе ${shown(percent)} %.`,
      });
    }
    return { id: given.person, name: given.name };
  }

  #requireBelowHighest(percent: number): void {
    const highest = this.limits().discount_manager;
    if (percent <= highest) return;
    throw new Problem("discount_exceeds", {
      detail: `Скидка ${shown(percent)} % больше разрешённых ${shown(highest)} %.`,
      extra: { limit: highest },
    });
  }

  #known(id: string): Person {
    const { roster } = this.#options;
    const person = roster.find(id);
    if (person !== null) return person;
    throw new Problem(
      "person_unknown",
      roster.isExpired || roster.expires === null ? { detail: NO_ROSTER } : {},
    );
  }

  async #checkPin(person: Person, pin: string, what: string, caller: Caller): Promise<void> {
    const { id, name } = person;
    if (person.pin === null) throw new Problem("pin_missing");
    const result = await this.#options.guard.check(id, pin, person.pin);
    if (result.kind === "right") return;
    const data = { person: id, name, what, by: callerName(caller) };
    if (result.kind === "wrong") {
      this.#event("pin.wrong", { ...data, attempts_left: result.attemptsLeft });
      throw new Problem("pin_wrong", {
        detail: `ПИН неверен. Осталось попыток: ${result.attemptsLeft}.`,
        extra: { attempts_left: result.attemptsLeft },
      });
    }
    const { seconds, fresh } = result;
    if (fresh) this.#event("pin.locked", { ...data, seconds });
    throw new Problem("pin_locked", {
      detail: `ПИН введён неверно слишком много раз. Повторите через ${minutes(seconds)} мин.`,
      retryAfterSeconds: seconds,
    });
  }

  #event(kind: string, data: Readonly<Record<string, unknown>>): void {
    this.#options.record(kind, data, isoUtc(this.#options.clock));
  }
}

const NO_ROSTER =
  "Касса не знает сотрудников или их список устарел: он обновится, когда касса свяжется с Odoo.";

function shown(percent: number): string {
  return String(percent).replace(".", ",");
}

function minutes(seconds: number): number {
  return Math.ceil(seconds / 60);
}
