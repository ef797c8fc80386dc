/** Cash in and out of the drawer: the moves on their way, kept in IndexedDB until Odoo has them. */
import { BridgeProblem } from "../bridge/problem.ts";
import { CASH_MOVES, type KktDatabase } from "../storage/kkt_database.ts";
import { answered, undelivered, unresolved, type CashAnswer, type CashMove } from "./cash_move.ts";

export interface CashDeskDeps {
  readonly database: Pick<KktDatabase, "getAll" | "put" | "delete">;
  /** The register's answer. @throws BridgeProblem, or anything when there was none */
  register(move: CashMove): Promise<void>;
  /** The person saw the slip: the register's side counts the move. @throws as `register` */
  attest(move: CashMove): Promise<void>;
  /** Odoo's booking, idempotent by the move's uuid. @throws when it was not booked */
  book(move: CashMove): Promise<void>;
}

/** What the cashier is told of one try. */
export type CashResult =
  | { readonly kind: "done"; readonly move: CashMove }
  | { readonly kind: "refused"; readonly text: string }
  /** The register's answer was lost: nothing else may begin before it is known. */
  | { readonly kind: "unanswered"; readonly move: CashMove }
  /** Nobody knows but the paper. */
  | { readonly kind: "doubt"; readonly move: CashMove };

export class CashDesk {
  private readonly deps: CashDeskDeps;
  private moves: readonly CashMove[] = [];
  private delivering: Promise<void> | null = null;

  constructor(deps: CashDeskDeps) {
    this.deps = deps;
  }

  async load(): Promise<void> {
    this.moves = await this.deps.database.getAll<CashMove>(CASH_MOVES);
  }

  /** One whose outcome at the register is not known, undefined when there is none. */
  get open(): CashMove | undefined {
    return unresolved(this.moves);
  }

  /** In or out of the drawer, not yet booked by Odoo. */
  get waiting(): readonly CashMove[] {
    return undelivered(this.moves);
  }

  /**
   * Asks the register; the move is on the disk before. The same move may be given again.
   *
   * @throws Error while another move is open, or when this browser can't save it
   */
  async move(move: CashMove): Promise<CashResult> {
    const { open } = this;
    if (open !== undefined && open.id !== move.id) throw new Error("another cash move is open");
    await this.keep(move);
    try {
      await this.deps.register(move);
    } catch (error) {
      const answer = answerOf(error);
      await this.settle(move, answer);
      if (answer === "refused") return { kind: "refused", text: textOf(error) };
      return answer === "doubt"
        ? { kind: "doubt", move: { ...move, state: "doubt" } }
        : { kind: "unanswered", move };
    }
    await this.settle(move, "done");
    return { kind: "done", move: { ...move, state: "done" } };
  }

  /**
   * The cashier read the paper of a move in doubt. What Odoo books the till counts too: else the
   * comparison at the day's end differs by it.
   *
   * @throws what the till answered when it did not take the word: the move stays in doubt
   */
  async resolve(move: CashMove, printed: boolean): Promise<void> {
    if (printed) await this.attest(move);
    await this.settle(move, printed ? "done" : "refused");
  }

  /** Everything that Odoo has not booked yet, in order; @throws as soon as one is not booked */
  deliver(): Promise<void> {
    this.delivering ??= this.bookAll().finally(() => (this.delivering = null));
    return this.delivering;
  }

  private async attest(move: CashMove): Promise<void> {
    try {
      await this.deps.attest(move);
    } catch (error) {
      if (!(error instanceof BridgeProblem) || !UNCOUNTED.has(error.problem.code)) throw error;
    }
  }

  private async bookAll(): Promise<void> {
    for (const move of [...this.waiting].sort((a, b) => a.at - b.at)) {
      await this.deps.book(move);
      await this.forget(move);
    }
  }

  private async settle(move: CashMove, answer: CashAnswer): Promise<void> {
    const next = answered(move, answer);
    if (next === null) await this.forget(move);
    else await this.keep(next);
  }

  private async keep(move: CashMove): Promise<void> {
    await this.deps.database.put(CASH_MOVES, move);
    this.moves = [...this.moves.filter(({ id }) => id !== move.id), move];
  }

  private async forget(move: CashMove): Promise<void> {
    await this.deps.database.delete(CASH_MOVES, move.id);
    this.moves = this.moves.filter(({ id }) => id !== move.id);
  }
}

/**
 * The till can't ever count it (a journal that lost the move, a bridge older than this page): the
 * money is in the drawer all the same, and the day must not wait for it.
 */
const UNCOUNTED = new Set(["operation_unknown", "not_found"]);

/** Told after the key was looked for: nothing moved, however often it was asked before. */
const REFUSALS = new Set([
  "catching_up",
  "device_refused",
  "device_unavailable",
  "lane_busy",
  "lane_stopped",
  "maintenance",
  "paper_out",
  "cover_open",
  "request_invalid",
  "shift_closed",
  "shift_expired",
  "shift_open",
  "storage_full",
]);

function answerOf(error: unknown): CashAnswer {
  if (!(error instanceof BridgeProblem)) return "unanswered";
  const { code } = error.problem;
  if (code === "operation_in_doubt") return "doubt";
  return REFUSALS.has(code) ? "refused" : "unanswered";
}

const textOf = (error: unknown): string =>
  error instanceof BridgeProblem ? error.problem.detail : "";
