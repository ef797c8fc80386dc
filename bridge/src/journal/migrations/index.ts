import { receiptsEventsSettings } from "./001-receipts-events-settings.ts";
import { operationsDocumentsCatalogue } from "./002-operations-documents-catalogue.ts";
import type { Migration } from "./migration.ts";

/**
 * In order; the position + 1 is the minor schema version. Additive only: an older bridge of the
 * same major version must be able to run on the result, which is what makes a rollback possible.
 */
export const MIGRATIONS: readonly Migration[] = [
  receiptsEventsSettings,
  operationsDocumentsCatalogue,
];

/** Raised by a change that an older bridge must not run on. */
export const SCHEMA_MAJOR = 1;
