/** One wide line per thing that happened: `event` is its name, such as `delivery.attempted`. */
export interface Log {
  debug(fields: Readonly<Record<string, unknown>>, event: string): void;
  info(fields: Readonly<Record<string, unknown>>, event: string): void;
  warn(fields: Readonly<Record<string, unknown>>, event: string): void;
  /** Someone must act. */
  error(fields: Readonly<Record<string, unknown>>, event: string): void;
}
