import { randomUUID } from 'node:crypto';
import type { AccessTokens } from './access-tokens.js';
import { type Answer, jsonAnswer } from './answers.js';
import { askedOfOauth } from './asked-answers.js';
import { type AssertionVerifier, type OauthRefusal, type ReadAssertion, readAssertion } from './assertion.js';
import { type Reading, refused, type Verdict, type WholeRequest } from './endpoint.js';

const GRANT_TYPE = 'urn:ietf:params:oauth:grant-type:jwt-bearer';

/** Google's OAuth 2.0 token endpoint, for service accounts (RFC 7523 §2.1). */
export class TokenEndpoint {
  readonly #verifier: AssertionVerifier;
  readonly #accessTokens: AccessTokens;

  constructor(verifier: AssertionVerifier, accessTokens: AccessTokens) {
    this.#verifier = verifier;
    this.#accessTokens = accessTokens;
  }

  /** The ledger's token is the account's address; of the assertion it keeps header and claims, not the signature. */
  read(request: WholeRequest): Reading {
    const form = new URLSearchParams(request.body ?? '');
    const grantType = form.get('grant_type');
    const assertion = readAssertion(form.get('assertion') ?? '');
    const { header, claims } = assertion ?? {};
    const iss = claims?.iss;
    return {
      provider: 'fcm_oauth',
      token: typeof iss === 'string' ? iss : null,
      id: randomUUID(),
      payloadJson: JSON.stringify({ grant_type: grantType, header, claims }),
      verdict: this.#judge(request, form, grantType, assertion),
    };
  }

  #judge(
    { headers, nowMs }: WholeRequest,
    form: URLSearchParams,
    grantType: string | null,
    assertion: ReadAssertion | undefined,
  ): Verdict {
    if (!/^application\/x-www-form-urlencoded *(?:;|$)/i.test(headers['content-type'] ?? '')) {
      return refuse({ error: 'invalid_request', description: 'The content type must be that of a form.' });
    }
    if (grantType === null) {
      return refuse({ error: 'invalid_request', description: 'Required parameter is missing: grant_type' });
    }
    if (grantType !== GRANT_TYPE) {
      return refuse({ error: 'unsupported_grant_type', description: `Invalid grant_type: ${grantType}` });
    }
    if (!form.has('assertion')) {
      return refuse({ error: 'invalid_request', description: 'Required parameter is missing: assertion' });
    }
    const verified = this.#verifier.verify(assertion, nowMs);
    if ('error' in verified) return refuse(verified);
    const answer = (): Answer => {
      const { token, expiresInSeconds } = this.#accessTokens.issue(verified.account, verified.scopes, nowMs);
      return jsonAnswer(200, null, { access_token: token, expires_in: expiresInSeconds, token_type: 'Bearer' });
    };
    return {
      kind: 'served',
      address: verified.account.clientEmail,
      isShown: false,
      answer,
      asked: (fault, status) => (status === 200 ? answer() : askedOfOauth(fault, status)),
    };
  }
}

/** RFC 6749 §5.2: 400, but 401 for a client that may not ask at all. */
function refuse({ error, description }: OauthRefusal): Verdict {
  const status = error === 'unauthorized_client' ? 401 : 400;
  return refused(jsonAnswer(status, error, { error, error_description: description }));
}
