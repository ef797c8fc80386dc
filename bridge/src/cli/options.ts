/** Options that several commands have. */
export const CONFIG_OPTION = ["--config <path>", "the configuration file", "config.toml"] as const;
