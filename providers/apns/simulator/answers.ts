export type ApnsEnvironment = 'production' | 'sandbox';

/** A refusal in Apple's words ("Handling notification responses from APNs"). */
export interface Refusal {
  readonly status: number;
  readonly reason: string;
  /** Epoch milliseconds since when the token is dead; 410 only. */
  readonly timestampMs?: number;
}

/** What will be answered to one request. */
export interface Answer {
  readonly status: number;
  /** `null` for an answer without a body. */
  readonly reason: string | null;
  readonly timestampMs?: number;
  readonly retryAfterSeconds?: number;
}

export const ACCEPTED: Answer = { status: 200, reason: null };

/** The reason Apple gives most often with a status, for faults that name only the status. */
export const USUAL_REASON: Readonly<Record<number, string>> = {
  400: 'BadDeviceToken',
  403: 'InvalidProviderToken',
  404: 'BadPath',
  405: 'MethodNotAllowed',
  410: 'Unregistered',
  413: 'PayloadTooLarge',
  429: 'TooManyRequests',
  500: 'InternalServerError',
  503: 'ServiceUnavailable',
};
