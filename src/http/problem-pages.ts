import { z } from 'zod';
import { json, type OpenOperation, type Reply } from './operation.js';
import { html, pageReply, prose } from './page.js';
import { PROBLEMS, problemOf } from './problem.js';
import { PROBLEM_TEXTS, type PublicCode } from './problem-texts.js';
import { Refusal } from './refusal.js';

const CODES = Object.keys(PROBLEM_TEXTS) as PublicCode[]; // It has these keys and no other.

/** What a page says, for programs. */
export const problemPageAnswer = z.object({
  code: z.string(),
  status: z.int(),
  title: z.string(),
  means: z.string(),
  remedy: z.string(),
});

/** Where the `type` of every problem leads: what it means and what to do, needing neither a key nor the outside. */
export function problemPageOperation(): OpenOperation {
  return {
    method: 'get',
    path: '/problems/{code}',
    operationId: 'problem',
    summary: 'What a problem means and what to do about it',
    tag: 'about',
    scopes: 'none',
    parameters: [
      { name: 'code', in: 'path', description: 'The `code` of a problem', schema: z.enum(CODES as [PublicCode]) },
    ],
    body: 'none',
    answers: [
      { status: 200, description: 'A page for people, or JSON where that is preferred', type: 'text/html' },
      { status: 200, description: 'A page for people, or JSON where that is preferred', schema: problemPageAnswer },
    ],
    problems: ['not_found'],
    async handle(call) {
      const code = CODES.find((known) => known === call.path.code);
      if (code === undefined) {
        throw new Refusal('not_found', 'there is no problem of this code; /docs lists those that each operation has');
      }
      return prefersJson(call.header('accept')) ? jsonOf(code) : pageOf(code);
    },
  };
}

/** A page unless JSON is asked for, and HTML is not: what browsers send names HTML first, what most clients send is any. */
function prefersJson(accept = ''): boolean {
  return /\bjson\b/i.test(accept) && !/\btext\/html\b/i.test(accept);
}

function jsonOf(code: PublicCode): Reply {
  const { status, title } = PROBLEMS[code];
  const { means, remedy } = PROBLEM_TEXTS[code];
  return json(200, { code, status, title, means, remedy });
}

function pageOf(code: PublicCode): Reply {
  const { status, title, retryAfter } = PROBLEMS[code];
  const { means, remedy, example } = PROBLEM_TEXTS[code];
  const problem = problemOf(code, 'req_06gzxc50kdt27ckj6j3287bqcg', {
    ...(example === '' ? {} : { detail: example }),
    ...(code === 'validation_failed'
      ? { faults: [{ pointer: '/to/users', code: 'invalid_type', detail: 'must be an array, not a string' }] }
      : {}),
  });
  const lines = [
    `HTTP/1.1 ${status}`,
    'Content-Type: application/problem+json',
    ...(retryAfter === undefined ? [] : [`Retry-After: ${retryAfter}`]),
    '',
    JSON.stringify(problem, undefined, 2),
  ];
  return pageReply(
    `${code} · Pealbell`,
    html`<div class="page">
<p class="dim"><a href="/docs">Pealbell</a> / problems</p>
<h1>${title}</h1>
<p><code>${code}</code> <span class="dim">HTTP ${status}</span></p>
<h4>What it means</h4>
<p>${prose(means)}</p>
<h4>What to do</h4>
<p>${prose(remedy)}</p>
<h4>Example</h4>
<pre><code>${lines.join('\n')}</code></pre>
</div>`,
  );
}
