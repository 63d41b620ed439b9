import { randomBytes } from 'node:crypto';
import type { AccessTokens } from './access-tokens.js';
import { acceptance, type Refusal, refusalAnswer, unreadable } from './answers.js';
import { askedOfFcm } from './asked-answers.js';
import type { DeviceStates } from './device-states.js';
import { type Reading, refused, type Verdict, type WholeRequest } from './endpoint.js';
import { addressOf, refuseMessage } from './message-rules.js';
import { type FcmMessage, SEND_REQUEST, type SendRequest } from './message-shape.js';
import { readProto } from './proto-json.js';

/** Distinguishes the ids of one run from those of another. */
const ID_SUFFIX_BYTES = 8;

/** `projects.messages.send` of FCM v1. */
export class SendEndpoint {
  readonly #accessTokens: AccessTokens;
  readonly #devices: DeviceStates;
  readonly #idSuffix = randomBytes(ID_SUFFIX_BYTES).toString('hex');
  #count = 0;

  constructor(accessTokens: AccessTokens, devices: DeviceStates) {
    this.#accessTokens = accessTokens;
    this.#devices = devices;
  }

  read(projectId: string, request: WholeRequest): Reading {
    this.#count += 1;
    const id = `projects/${projectId}/messages/0:${request.nowMs}${String(this.#count).padStart(6, '0')}%${this.#idSuffix}`;
    const { body } = request;
    const json = body === undefined ? undefined : parse(body);
    const read = readBody(json);
    const message = 'validateOnly' in read ? read.message : undefined;
    const refusal =
      this.#accessTokens.refuse(request.headers.authorization, projectId, request.nowMs) ??
      refuseContentType(request.headers['content-type']) ??
      ('validateOnly' in read ? refuseMessage(read.message) : read);
    return {
      provider: 'fcm',
      token: message?.token ?? message?.fid ?? tokenIn(json),
      id,
      payloadJson: payloadOf(body, json),
      verdict:
        refusal === undefined && 'validateOnly' in read
          ? this.#serve(read, id, projectId)
          : refused(refusalAnswer(refusal ?? EMPTY)),
    };
  }

  #serve({ message, validateOnly }: ReadMessage, id: string, projectId: string): Verdict {
    // What Google answers to a trial: there is no message that an id could belong to.
    const accepted = () => acceptance(validateOnly ? `projects/${projectId}/messages/fake_message_id` : id);
    const address = addressOf(message);
    return {
      kind: 'served',
      address,
      isShown: !validateOnly,
      answer: () => {
        const refusal = this.#devices.refuse(address);
        return refusal === undefined ? accepted() : refusalAnswer(refusal);
      },
      asked: (fault, status) => (status === 200 ? accepted() : askedOfFcm(fault, status)),
    };
  }
}

interface ReadMessage {
  readonly message: FcmMessage;
  readonly validateOnly: boolean;
}

const EMPTY: Refusal = unreadable([{ field: '', description: 'Invalid JSON payload received. Unexpected end.' }]);

function readBody(json: { readonly value: unknown } | undefined): ReadMessage | Refusal {
  if (json === undefined) return EMPTY;
  const read = readProto(SEND_REQUEST, json.value);
  if ('mistakes' in read) return unreadable(read.mistakes);
  // The shape was read without a mistake.
  const { message = {}, validate_only: validateOnly = false } = read.value as SendRequest;
  return { message, validateOnly };
}

function refuseContentType(type: string | undefined): Refusal | undefined {
  if (type !== undefined && /^application\/json *(?:;|$)/i.test(type)) return undefined;
  return unreadable([{ field: '', description: `Invalid request: the content type must be application/json.` }]);
}

function parse(text: string): { readonly value: unknown } | undefined {
  try {
    return { value: JSON.parse(text) };
  } catch {
    return undefined;
  }
}

/** The token that a body names which is refused for other reasons. */
function tokenIn(json: { readonly value: unknown } | undefined): string | null {
  const token = (json?.value as { message?: { token?: unknown } } | null | undefined)?.message?.token;
  return typeof token === 'string' ? token : null;
}

/** The body as JSON text; what is no JSON as a JSON string. */
function payloadOf(body: string | undefined, json: { readonly value: unknown } | undefined): string | null {
  if (body === undefined || body === '') return null;
  return json === undefined ? JSON.stringify(body) : body;
}
