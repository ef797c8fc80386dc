/** What the HTTP door is given by the composition root. */
import type { Clock } from "../domain/clock.ts";
import type { CrashHook } from "../fiscalization/crash-points.ts";
import type { Lane } from "../fiscalization/types.ts";
import type { Journal, Reason } from "../journal/types.ts";
import type { Logger } from "../observability/logger.ts";
import type { HttpMetrics } from "../observability/metrics.ts";
import type { WorkClasses } from "../resilience/work-classes.ts";
import type { TokenService } from "./auth/tokens.ts";
import type { PeopleDoor } from "./people-door.ts";
import type { RefundDoor } from "./refund-door.ts";
import type { Passport } from "./receipt-body.ts";
import type { StatusBody } from "./schemas/status.ts";

export type HttpJournal = Pick<
  Journal,
  | "get"
  | "byUuid"
  | "byFd"
  | "lookup"
  | "list"
  | "buffer"
  | "setCapacity"
  | "events"
  | "dead"
  | "retryDead"
  | "settleDead"
  | "document"
  | "mismatches"
  | "catalogueByBarcode"
  | "operation"
  | "getSetting"
  | "setSetting"
  | "appendEvent"
>;

export interface HttpDeps {
  readonly till: string;
  /** IANA zone of the till: its local date decides which VAT rates are in force. */
  readonly timezone: string;
  /** `[features] marking`: marking codes are taken; off when absent. */
  readonly marking?: boolean;
  readonly version: string;
  readonly origins: readonly string[];
  readonly rateLimitPerSecond: number;
  /** How long a POST of a receipt waits for the outcome, ms. */
  readonly waitMs: number;
  readonly lane: Lane;
  readonly journal: HttpJournal;
  readonly refunds: RefundDoor;
  readonly tokens: Pick<TokenService, "challenge" | "exchange" | "verify" | "issueFor">;
  readonly people: Pick<
    PeopleDoor,
    "list" | "limits" | "expires" | "identify" | "approve" | "checkDiscount"
  >;
  readonly work: WorkClasses;
  readonly status: () => StatusBody;
  /** Delivers now, whatever the pauses. `false`: that is going on already. */
  readonly syncNow: (by: string) => boolean;
  /** A receipt waits for Odoo again. */
  readonly odooPending: () => void;
  /** Something of the status was changed here. */
  readonly statusChanged: () => void;
  /** ISO UTC of the last batch that Odoo took. */
  readonly odooLastOkAt: () => string | null;
  readonly passport: () => Passport;
  /** Why the door takes no new receipt at all, before the lane is asked. */
  readonly obstacle: () => Reason | null;
  /** Russian; what keeps the till from selling, empty when ready. */
  readonly missing: () => readonly string[];
  readonly isShuttingDown: () => boolean;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly metrics: HttpMetrics;
  readonly crash: CrashHook;
}
