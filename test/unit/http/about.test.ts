import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { Registry } from 'prom-client';
import { aboutOperations } from '../../../src/http/about.js';
import { createEdge } from '../../../src/http/edge.js';
import { PROBLEMS, type ProblemCode, problemOf } from '../../../src/http/problem.js';
import { describedOperations } from '../../support/described-api.js';
import { clock, keptLog, random, serving } from './serve.js';

// What the whole API tells of itself, served without a house behind it.
const others = describedOperations().filter(({ tag }) => tag !== 'about');
const operations = aboutOperations(others, '1.2.3', 'https://push.example');

async function asking<T>(
  use: (ask: (path: string, headers?: Record<string, string>) => Promise<Response>) => Promise<T>,
) {
  const health = { live: () => true, ready: async () => ({ ok: true, checks: {} }) };
  const house = { health, metrics: new Registry(), clock, random, log: keptLog(), version: '0' };
  return serving(createEdge(house, operations), ({ url }) =>
    use((path, headers = {}) => fetch(url + path, { headers })),
  );
}

/** Inline texts that the policy must name. */
function inlineHashes(page: string, tag: string): string[] {
  const texts = [...page.matchAll(new RegExp(`<${tag}>([^]*?)</${tag}>`, 'g'))].map(([, text = '']) => text);
  return texts.map((text) => `'sha256-${createHash('sha256').update(text).digest('base64')}'`);
}

/** Loads nothing from anywhere, and lets nothing be loaded. */
function assertSelfContained(page: string, headers: Headers): void {
  const policy = headers.get('content-security-policy') ?? '';
  assert.match(policy, /^default-src 'none';/);
  assert.doesNotMatch(policy, /unsafe|\*|https?:/);
  for (const hash of [...inlineHashes(page, 'style'), ...inlineHashes(page, 'script')])
    assert.ok(policy.includes(hash), hash);
  assert.doesNotMatch(page, /<(?:img|link|iframe|object|embed|base|form)\b|\bsrc=|\bstyle=|\son[a-z]+=|url\(|@import/i);
  assert.equal(headers.get('x-content-type-options'), 'nosniff');
  assert.equal(headers.get('content-type'), 'text/html; charset=utf-8');
}

describe('the page of a problem', () => {
  it('exists for the type of every problem, for people and for programs, without a key', async () => {
    await asking(async (ask) => {
      for (const code of Object.keys(PROBLEMS) as ProblemCode[]) {
        const problem = problemOf(code, 'req_1');
        const page = await ask(problem.type, { accept: 'text/html,application/xhtml+xml,*/*;q=0.8' });
        assert.equal(page.status, 200, problem.type);
        const text = await page.text();
        assertSelfContained(text, page.headers);
        assert.ok(text.includes(problem.title) && text.includes(problem.code), code);
        const told = await ask(problem.type, { accept: 'application/json' });
        assert.equal(told.headers.get('content-type'), 'application/json');
        const { means, remedy, ...rest } = (await told.json()) as Record<string, string>;
        assert.deepEqual(rest, { code: problem.code, status: problem.status, title: problem.title });
        assert.ok(Number(means?.length) > 20 && Number(remedy?.length) > 20, code);
      }
    });
  });

  it('is HTML for who takes anything, and JSON only for who asks for JSON rather than HTML', async () => {
    await asking(async (ask) => {
      const typeFor = async (accept: string) =>
        (await ask('/problems/rate_limited', { accept })).headers.get('content-type')?.split(';')[0];
      assert.equal(await typeFor('*/*'), 'text/html');
      assert.equal(await typeFor('application/problem+json'), 'application/json');
      assert.equal(await typeFor('text/html, application/json;q=0.1'), 'text/html');
    });
  });

  it('is not made for what is no code', async () => {
    await asking(async (ask) => {
      for (const code of ['nonsense', '__proto__', 'constructor', '%3Cscript%3E', 'store_locked']) {
        const answer = await ask(`/problems/${code}`);
        assert.equal(answer.status, 404, code);
        assert.equal(((await answer.json()) as { code: string }).code, 'not_found');
      }
    });
  });
});

describe('/docs', () => {
  it('tells every operation, every schema and every problem, and needs nothing but itself', async () => {
    await asking(async (ask) => {
      const answer = await ask('/docs');
      const page = await answer.text();
      assertSelfContained(page, answer.headers);
      const document = (await (await ask('/openapi.json')).json()) as {
        paths: Record<string, Record<string, { operationId: string; summary: string }>>;
        components: { schemas: Record<string, unknown> };
      };
      const ids = new Set([...page.matchAll(/ id="([^"]+)"/g)].map(([, id]) => id));
      for (const [path, methods] of Object.entries(document.paths)) {
        assert.ok(page.includes(`<span class="path">${path}</span>`), path);
        for (const { operationId } of Object.values(methods)) assert.ok(ids.has(operationId), operationId);
      }
      for (const name of Object.keys(document.components.schemas)) assert.ok(ids.has(`schema-${name}`), name);
      for (const [, link = ''] of page.matchAll(/href="([^"]+)"/g)) {
        const there = link.startsWith('#') ? ids.has(link.slice(1)) : (await ask(link)).status === 200;
        assert.ok(there, link);
      }
    });
  });

  it('shows what is written, and runs none of it', async () => {
    const evil = { tag: 'about', method: 'get', path: '/x', operationId: 'x', scopes: 'none', body: 'none' } as const;
    const summary = '<script>alert(1)</script> & "quotes"';
    const handle = async () => ({ kind: 'empty', status: 204 }) as const;
    const [docs] = aboutOperations([{ ...evil, summary, answers: [], problems: [], handle }], '1', '"><script>');
    const health = { live: () => true, ready: async () => ({ ok: true, checks: {} }) };
    const house = { health, metrics: new Registry(), clock, random, log: keptLog(), version: '0' };
    await serving(createEdge(house, docs === undefined ? [] : [docs]), async ({ url }) => {
      const page = await (await fetch(`${url}/docs`)).text();
      assert.ok(page.includes('&lt;script&gt;alert(1)&lt;/script&gt; &amp; &quot;quotes&quot;'));
      assert.equal(page.match(/<script>/g)?.length, 1);
    });
  });
});
