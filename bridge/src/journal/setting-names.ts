/** Names of durable settings that more than one module knows. */

/** Last hybrid clock stamp, as `encodeHlc` writes it; committed with each accepted receipt. */
export const HLC_SETTING = "hlc";
/** Buffer capacity set at run time. */
export const CAPACITY_SETTING = "capacity";
/** The company's ИНН as Odoo told it last. */
export const EXPECTED_INN_SETTING = "expected_inn";
