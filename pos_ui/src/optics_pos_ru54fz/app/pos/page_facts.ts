/** What Odoo wrote into the page itself, before anything was loaded. */
interface PageFacts {
  readonly pos_config_id?: number;
  readonly pos_session_id?: number;
}

const facts = (): PageFacts => (globalThis as unknown as { odoo?: PageFacts }).odoo ?? {};

/** `pos.config` id; 0 outside of a Point of Sale. */
export const posOfPage = (): number => Number(facts().pos_config_id ?? 0);

/** `pos.session` id. */
export const sessionOfPage = (): number => Number(facts().pos_session_id ?? 0);
