/** Python for `odoo shell`. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { repoRoot } from "./paths.ts";

/** A company in Russia that counts in roubles; the Docker image uses the same file. */
export function russia(): string {
  return readFileSync(join(repoRoot, "deploy/odoo/russia.py"), "utf8");
}

/** Asset bundles of the web client, so that the first page of a copy comes at once. */
export const WARM_UP = `
env['ir.qweb']._pregenerate_assets_bundles()
env.cr.commit()
`;

/** The bundles of the POS page alone: what our addons change. */
export const WARM_UP_POS = `
bundle = env['ir.qweb']._get_asset_bundle('point_of_sale.assets_prod')
bundle.js()
bundle.css()
env.cr.commit()
`;
