/**
 * Somebody with the rights types a PIN: who may, what was typed, how many tries are left, how long
 * the bridge refuses any. No screen in here; the dialog shows `state` and passes on what is pressed.
 */
import { includes, type People, type Person, type Scope } from "../bridge/people.ts";
import { BridgeProblem } from "../bridge/problem.ts";

/** What went wrong, for the dialog to put into words. */
export type PinTrouble =
  | { readonly kind: "wrong"; readonly attemptsLeft: number | null }
  /** The bridge's own Russian text. */
  | { readonly kind: "told"; readonly text: string }
  | { readonly kind: "unreachable" };

export interface PinState {
  /** Who has the rights and a PIN; null until the bridge has told. */
  people: readonly Person[] | null;
  chosen: Person | null;
  pin: string;
  busy: boolean;
  trouble: PinTrouble | null;
  /** Seconds until the bridge takes a PIN of the chosen person again, 0 = at once. */
  lockedFor: number;
}

export interface PinEntryDeps<T> {
  people(): Promise<People>;
  /** Asks the bridge. @throws BridgeProblem, BridgeUnreachable, NotSent */
  check(person: Person, pin: string): Promise<T>;
  done(result: T): void;
  /** `Person.id` of who stands at the till: chosen at once where the rights are enough. */
  readonly preferred?: string | null;
  /** Makes the state observable. */
  observe(state: PinState): PinState;
  /** Monotonic milliseconds. */
  now(): number;
}

/** The bridge takes 4 to 12 digits. */
export const MOST_DIGITS = 12;

export class PinEntry<T> {
  readonly state: PinState;
  private readonly deps: PinEntryDeps<T>;
  private readonly needed: Scope;
  /** Monotonic ms by person. */
  private readonly lockedUntil = new Map<string, number>();

  /** @param needed the least role that may be chosen */
  constructor(needed: Scope, deps: PinEntryDeps<T>) {
    this.needed = needed;
    this.deps = deps;
    this.state = deps.observe({
      people: null,
      chosen: null,
      pin: "",
      busy: false,
      trouble: null,
      lockedFor: 0,
    });
  }

  /** Reads who may; also pressed again after the bridge was away. */
  async load(): Promise<void> {
    const { state } = this;
    if (state.busy) return;
    state.busy = true;
    state.trouble = null;
    try {
      const { people } = await this.deps.people();
      // who has no PIN can approve nothing: to offer the name would only be in the way
      const able = people.filter(({ role, has_pin }) => has_pin && includes(role, this.needed));
      state.people = able;
      const only = able.length === 1 ? able[0] : undefined;
      state.chosen = able.find(({ id }) => id === this.deps.preferred) ?? only ?? null;
    } catch (error) {
      state.trouble = troubleOf(error);
    } finally {
      state.busy = false;
    }
  }

  choose(person: Person): void {
    if (this.state.busy) return;
    this.state.chosen = person;
    this.state.pin = "";
    this.state.trouble = null;
    this.tick();
  }

  /** A digit, `Backspace`, `Delete` or `Enter`; @returns whether the key means something here */
  press(key: string): boolean {
    const { state } = this;
    if (!/^(\d|Backspace|Delete|Enter)$/.test(key)) return false;
    if (state.busy || state.chosen === null) return true;
    if (key === "Enter") void this.submit();
    else if (key === "Backspace") state.pin = state.pin.slice(0, -1);
    else if (key === "Delete") state.pin = "";
    else if (state.pin.length < MOST_DIGITS) state.pin += key;
    return true;
  }

  get canSubmit(): boolean {
    const { chosen, pin, busy, lockedFor } = this.state;
    return chosen !== null && pin !== "" && !busy && lockedFor === 0;
  }

  async submit(): Promise<void> {
    const { state } = this;
    const { chosen, pin } = state;
    if (chosen === null || !this.canSubmit) return;
    state.busy = true;
    state.trouble = null;
    try {
      this.deps.done(await this.deps.check(chosen, pin));
    } catch (error) {
      state.trouble = troubleOf(error);
      this.noteLock(chosen, error);
    } finally {
      state.pin = "";
      state.busy = false;
    }
  }

  /** Counts the lock down; to be called about once a second. */
  tick(): void {
    const until = this.lockedUntil.get(this.state.chosen?.id ?? "") ?? 0;
    const left = Math.max(0, Math.ceil((until - this.deps.now()) / 1_000));
    if (left === this.state.lockedFor) return;
    if (left === 0) this.state.trouble = null;
    this.state.lockedFor = left;
  }

  private noteLock(person: Person, error: unknown): void {
    if (!(error instanceof BridgeProblem) || error.problem.code !== "pin_locked") return;
    const seconds = error.problem.retry_after_seconds ?? 60;
    this.lockedUntil.set(person.id, this.deps.now() + seconds * 1_000);
    this.tick();
  }
}

function troubleOf(error: unknown): PinTrouble {
  if (!(error instanceof BridgeProblem)) return { kind: "unreachable" };
  const { code, detail, attempts_left } = error.problem;
  return code === "pin_wrong"
    ? { kind: "wrong", attemptsLeft: attempts_left ?? null }
    : { kind: "told", text: detail };
}
