/**
 * A cash move's way: on the disk, to the register, to Odoo. Never lost and never twice: the same
 * key goes to the register until it answers, the same uuid to Odoo until it has booked it. Pure.
 */

export interface CashMove {
  /** uuid: the register's key and Odoo's. */
  readonly id: string;
  readonly direction: "in" | "out";
  readonly kopecks: number;
  readonly reason: string;
  /** Tag 1021. */
  readonly cashier: string;
  /** For Odoo's own record of who did it. */
  readonly partnerId: number | null;
  readonly employeeId: number | null;
  /** `pos.session` that was open then. */
  readonly sessionId: number;
  /** Milliseconds since the epoch. */
  readonly at: number;
  /**
   * `open`: asked of the register, answer not known; `doubt`: only the paper tells; `done`: in or
   * out of the drawer, Odoo has yet to book it.
   */
  readonly state: "open" | "doubt" | "done";
}

/** A refusal under the same key proves that an earlier try did nothing either. */
export type CashAnswer = "done" | "refused" | "doubt" | "unanswered";

/** What the register's answer makes of it; null: it did not happen, the move is forgotten. */
export function answered(move: CashMove, answer: CashAnswer): CashMove | null {
  switch (answer) {
    case "done":
      return { ...move, state: "done" };
    case "refused":
      return null;
    case "doubt":
      return { ...move, state: "doubt" };
    case "unanswered":
      return move;
  }
}

export const unresolved = (moves: readonly CashMove[]): CashMove | undefined =>
  moves.find((move) => move.state !== "done");

export const undelivered = (moves: readonly CashMove[]): readonly CashMove[] =>
  moves.filter((move) => move.state === "done");
