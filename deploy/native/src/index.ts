export * from "./addons.ts";
export * from "./databases.ts";
export * from "./odoo.ts";
export * from "./paths.ts";
export * from "./ports.ts";
export * from "./postgres.ts";
export * from "./process-registry.ts";
export * from "./template.ts";
