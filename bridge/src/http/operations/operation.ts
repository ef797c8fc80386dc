/** What one call of the HTTP door is. */
import type { z } from "zod";
import type { WorkClass } from "../../resilience/work-classes.ts";
import type { Scope } from "../auth/scope.ts";
import type { ProblemCode } from "../problems.ts";

export interface Operation {
  readonly id: string;
  readonly method: "get" | "post" | "put" | "patch" | "delete";
  /** Below `/v1`, OpenAPI form. */
  readonly path: string;
  /** Russian. */
  readonly summary: string;
  /** Needs a Bearer token. */
  readonly auth: boolean;
  /** The scope it needs; absent: `cashier`. */
  readonly role?: Scope;
  /** The limit of the roster by which a cashier may do it all the same. */
  readonly unless?: "cashier_closes_shift";
  /** Which Idempotency-Key it must carry. */
  readonly key?: "receipt" | "operation";
  /** Its class of work; absent: answered whatever the load. */
  readonly work?: WorkClass;
  readonly body?: z.ZodType;
  readonly query?: z.ZodObject;
  readonly answers: Readonly<Record<number, z.ZodType | null>>;
  readonly problems: readonly ProblemCode[];
}
