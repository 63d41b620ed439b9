import type { IncomingMessage } from 'node:http';
import type { Json } from '../domain/json.js';
import { guardJson } from './json-guard.js';
import { measureJson } from './json-measure.js';
import { findJsonFlaw } from './json-position.js';
import { invalid, Refusal } from './refusal.js';

/** How long a body may take to arrive. The import stream has an idle limit instead. */
const BODY_MS = 30_000;
/** This much beyond the limit is read and thrown away, so that a caller gets to see the 413. */
const DISCARD_BYTES = 4 * 1024 * 1024;
const JSON_TYPES = ['application/json'];
const UTF8 = new TextDecoder('utf-8', { fatal: true });

/**
 * Reads a JSON body: type, bytes, depth and keys before anything is parsed, then one look through the parsed value. Bodies are never compressed: what is counted is what is read.
 *
 * @returns undefined for an empty body
 * @throws Refusal 400, 408, 413, 415, 422
 */
export async function readJson(req: IncomingMessage, bytesMax: number): Promise<Json | undefined> {
  checkEncoding(req);
  const raw = await readBytes(req, bytesMax);
  if (raw.length === 0) return undefined;
  checkType(req, JSON_TYPES);
  return parseJson(raw);
}

/**
 * Measures, parses and guards one JSON text.
 *
 * @throws Refusal 400 `malformed_json` with the position, 422 for a list without measure
 */
export function parseJson(raw: Uint8Array): Json {
  const measure = measureJson(raw);
  if (measure !== undefined) throw new Refusal('malformed_json', measure);
  let text: string;
  try {
    text = UTF8.decode(raw);
  } catch {
    throw new Refusal('malformed_json', 'the body is not UTF-8');
  }
  let value: Json;
  try {
    value = JSON.parse(text) as Json; // JSON.parse gives nothing but JSON values.
  } catch {
    const { offset, line, column } = findJsonFlaw(text);
    const what = offset >= text.length ? 'the text ends too early' : 'there is something unexpected';
    throw new Refusal('malformed_json', `${what} at line ${line}, column ${column} (offset ${offset})`);
  }
  const fault = guardJson(value, text.includes('\\u'));
  if (fault === undefined) return value;
  if (fault.kind === 'too_many_items') {
    throw invalid([{ pointer: fault.pointer, code: fault.kind, detail: fault.detail }]);
  }
  throw new Refusal('malformed_json', `${fault.detail} at ${fault.pointer === '' ? 'the top' : fault.pointer}`);
}

/**
 * @param accepted media types in lower case
 * @throws Refusal 415
 */
export function checkType(req: IncomingMessage, accepted: readonly string[]): void {
  const header = req.headers['content-type'];
  const [type, ...parameters] = (header ?? '').toLowerCase().split(';');
  const charset = parameters.map((parameter) => parameter.trim()).find((parameter) => parameter.startsWith('charset='));
  const utf8 = charset === undefined || /^charset="?utf-?8"?$/.test(charset);
  if (accepted.includes((type ?? '').trim()) && utf8) return;
  const got = header === undefined ? 'none' : `'${header.slice(0, 100)}'`;
  throw new Refusal('unsupported_media_type', `Content-Type must be ${accepted[0]} in UTF-8; got ${got}`);
}

/** @throws Refusal 415 for a compressed body */
export function checkEncoding(req: IncomingMessage): void {
  const encoding = req.headers['content-encoding'];
  if (encoding === undefined || encoding.toLowerCase() === 'identity') return;
  throw new Refusal('unsupported_media_type', 'a compressed body is not accepted; send it without Content-Encoding');
}

function tooLarge(bytesMax: number): Refusal {
  return new Refusal('payload_too_large', `the body is larger than ${bytesMax} bytes`);
}

/** The bytes of a body, whatever they are. @throws Refusal 408, 413 */
export function readBytes(req: IncomingMessage, bytesMax: number): Promise<Buffer> {
  const announced = Number(req.headers['content-length'] ?? 0);
  if (announced > bytesMax + DISCARD_BYTES) return Promise.reject(tooLarge(bytesMax));
  const gone = () => new Refusal('malformed_request', 'the connection closed before the body had arrived');
  if (req.destroyed) return Promise.reject(gone());
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let bytes = 0;
    const late = setTimeout(
      () => end(new Refusal('request_timeout', `no whole body within ${BODY_MS / 1000} s`)),
      BODY_MS,
    );

    function end(refusal?: Refusal): void {
      clearTimeout(late);
      req.off('data', onData).off('end', onEnd).off('close', onClose);
      if (refusal === undefined) resolve(Buffer.concat(chunks));
      else reject(refusal);
    }
    function onData(chunk: Buffer): void {
      bytes += chunk.length;
      if (bytes <= bytesMax) chunks.push(chunk);
      else if (bytes > bytesMax + DISCARD_BYTES) end(tooLarge(bytesMax));
    }
    function onEnd(): void {
      end(bytes > bytesMax ? tooLarge(bytesMax) : undefined);
    }
    // Nobody is left to read the answer; the handler still has to end.
    function onClose(): void {
      end(gone());
    }
    req.on('data', onData).on('end', onEnd).on('close', onClose);
  });
}
