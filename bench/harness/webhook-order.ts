/** What the workload of webhooks asks of the process that is measured. */
export interface WebhookSetup {
  readonly dir: string;
  /** Of one attempt. */
  readonly timeoutMs: number;
}

export type WebhookOrder =
  /** These endpoints, and no others, hear of everything from now on. */
  | { readonly kind: 'endpoints'; readonly urls: readonly string[] }
  /** `count` events at a time, so often. */
  | { readonly kind: 'happen'; readonly times: number; readonly everyMs: number; readonly count: number };
