/** A setting that cannot be used: names the key or the file, says what was expected. */

export class ConfigError extends Error {
  readonly code = "config";

  constructor(message: string, options?: { readonly cause?: unknown }) {
    super(message, options);
    this.name = "ConfigError";
  }
}
