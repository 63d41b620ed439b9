/** What page and demonstration tell each other, as JSON. */

export interface GuestDevice {
  readonly id: string;
  readonly pane: 'phone' | 'browser';
  /** Whose push service reaches it: `Apple`, `Web Push`. */
  readonly vendor: string;
}

export interface Setup {
  /** Base URL of the gateway. */
  readonly gateway: string;
  readonly user: string;
  readonly devices: readonly GuestDevice[];
}

export interface Draft {
  readonly title: string;
  readonly body: string;
  readonly route: string;
  readonly ack_timeout_seconds: number;
}

/** A request that reached a device's vendor. */
export interface VendorNews {
  readonly device: string;
  readonly vendor: string;
  readonly message?: string;
  readonly accepted: boolean;
  /** Epoch milliseconds. */
  readonly at: number;
  readonly status?: number;
  readonly title?: string;
  readonly body?: string;
}

/** As `GET /v1/messages/{id}/timeline` has it. */
export interface StoryEvent {
  /** RFC 3339. */
  readonly at: string;
  readonly event: string;
  readonly device?: string;
  readonly provider?: string;
  readonly outcome?: string;
  readonly reason?: string | null;
  readonly detail?: string;
  readonly vendor?: { readonly status?: number; readonly code?: string; readonly text?: string };
  readonly ms?: number;
}

export interface Story {
  readonly message: string;
  readonly events: readonly StoryEvent[];
}
