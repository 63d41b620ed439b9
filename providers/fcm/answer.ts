/** FCM's JSON answers, read without trust. Source: google.rpc.Status and `error_details.proto`; FCM v1, "FcmError". */
import type { Answer } from '../shared/transport.js';

/** What a refusal says. */
export interface Refusal {
  /** The body is Google's: `{"error": {…}}`. */
  readonly isGoogles: boolean;
  /** google.rpc.Code, such as `NOT_FOUND`. */
  readonly status?: string;
  /** `FcmError.errorCode`, such as `UNREGISTERED`: FCM itself spoke, and not a proxy or the front end. */
  readonly errorCode?: string;
  readonly message?: string;
  /** `ErrorInfo.reason`, such as `SERVICE_DISABLED`. */
  readonly reason?: string;
  /** Paths of `BadRequest.fieldViolations`, such as `message.token`, and what is wrong with them. */
  readonly violations: readonly { readonly field: string; readonly description: string }[];
  /** What `QuotaFailure` and `ErrorInfo` name as exhausted, for telling a device's limit from the project's. */
  readonly quota: readonly string[];
  /** The beginning of a body that is not Google's JSON. */
  readonly text?: string;
}

const MESSAGE_CHARACTERS_MAX = 1024;
const DETAILS_MAX = 20;

/** Never throws, whatever the body holds. */
export function readRefusal(body: Buffer): Refusal {
  const error = objectOf(parse(body)).error;
  if (typeof error !== 'object' || error === null) {
    return {
      isGoogles: false,
      violations: [],
      quota: [],
      ...(body.length === 0 ? {} : { text: printable(body.toString('latin1', 0, 256)) }),
    };
  }
  const { status, message, details } = objectOf(error);
  const found = (Array.isArray(details) ? details.slice(0, DETAILS_MAX) : []).map(objectOf);
  const of = (type: string) => found.filter((detail) => String(detail['@type']).endsWith(`/${type}`));
  const errorCode = textOf(of('google.firebase.fcm.v1.FcmError')[0]?.errorCode, 64);
  const info = of('google.rpc.ErrorInfo')[0];
  const reason = textOf(info?.reason, 64);
  const said = textOf(message, MESSAGE_CHARACTERS_MAX);
  const canonical = textOf(status, 64);
  return {
    isGoogles: true,
    ...(canonical === undefined ? {} : { status: canonical }),
    ...(errorCode === undefined ? {} : { errorCode }),
    ...(said === undefined ? {} : { message: said }),
    ...(reason === undefined ? {} : { reason }),
    violations: of('google.rpc.BadRequest')
      .flatMap(({ fieldViolations }) => listOf(fieldViolations))
      .map(({ field, description }) => ({
        field: textOf(field, 256) ?? '',
        description: textOf(description, MESSAGE_CHARACTERS_MAX) ?? '',
      })),
    quota: [
      ...of('google.rpc.QuotaFailure')
        .flatMap(({ violations }) => listOf(violations))
        .flatMap(({ subject, description }) => [textOf(subject, 256) ?? '', textOf(description, 256) ?? '']),
      ...Object.values(objectOf(info?.metadata)).map((value) => textOf(value, 256) ?? ''),
    ],
  };
}

/** The message's name in an acceptance, `projects/…/messages/…`; `undefined` where there is none. */
export function readName(body: Buffer): string | undefined {
  return textOf(objectOf(parse(body)).name, 256);
}

/** First value of a header field. */
export function field({ headers }: Pick<Answer, 'headers'>, name: string): string | undefined {
  const value = headers[name];
  return typeof value === 'string' ? value : value?.[0];
}

/** At most 256 characters, whatever came. */
export function printable(text: string): string {
  return text.slice(0, 256).replace(/[^\x20-\x7e]/g, '?');
}

function parse(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString('utf8'));
  } catch {
    return undefined;
  }
}

function objectOf(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}

function listOf(value: unknown): Record<string, unknown>[] {
  return Array.isArray(value) ? value.slice(0, DETAILS_MAX).map(objectOf) : [];
}

function textOf(value: unknown, charactersMax: number): string | undefined {
  return typeof value === 'string' && value !== '' ? value.slice(0, charactersMax) : undefined;
}
