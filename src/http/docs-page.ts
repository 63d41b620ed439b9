import { type DocSchema, describe, fieldsOf, named } from './docs-schema.js';
import type { Reply } from './operation.js';
import { type Html, html, pageReply, prose } from './page.js';

/** The part of the OpenAPI document that the reference shows. */
export interface DocDocument {
  readonly info: { readonly title: string; readonly version: string; readonly summary: string };
  readonly servers: readonly { readonly url: string }[];
  readonly tags: readonly { readonly name: string }[];
  readonly paths: Readonly<Record<string, Readonly<Record<string, DocOperation>>>>;
  readonly components: { readonly schemas: Readonly<Record<string, DocSchema>> };
}

interface DocOperation {
  readonly operationId: string;
  readonly summary: string;
  readonly description?: string;
  readonly tags: readonly string[];
  readonly parameters?: readonly {
    readonly name: string;
    readonly in: string;
    readonly description: string;
    readonly required: boolean;
    readonly schema: DocSchema;
  }[];
  readonly requestBody?: { readonly description?: string; readonly content: Content };
  readonly responses: Readonly<Record<string, { readonly description: string; readonly content?: Content }>>;
}
type Content = Readonly<Record<string, { readonly schema: DocSchema }>>;

interface Entry {
  readonly method: string;
  readonly path: string;
  readonly operation: DocOperation;
}

/** Hides what does not have the words that are searched for. */
const SCRIPT = `
const box=document.querySelector('input[type=search]'),nav=document.querySelector('nav');
const all=[...document.querySelectorAll('[data-words]')];
box.addEventListener('input',()=>{
  const words=box.value.toLowerCase().split(/\\s+/).filter(Boolean);
  nav.classList.toggle('found',words.length>0);
  for(const one of all)one.hidden=!words.every((word)=>one.dataset.words.includes(word));
});
document.addEventListener('keydown',(event)=>{
  if(event.key==='/'&&document.activeElement!==box){event.preventDefault();box.focus();}
});
`;

/** The whole reference on one page. */
export function docsPage(document: DocDocument): Reply {
  const entries: readonly Entry[] = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ method, path, operation })),
  );
  const groups = document.tags.map(({ name }) => ({
    name,
    entries: entries.filter(({ operation }) => operation.tags.includes(name)),
  }));
  const schemas = Object.entries(document.components.schemas).sort(([a], [b]) => (a < b ? -1 : 1));
  const body = html`<div class="layout">
<nav>
<p><strong>${document.info.title}</strong> <span class="dim">${document.info.version}</span></p>
<input type="search" placeholder="Search ( / )" aria-label="Search operations and schemas">
${groups.map(
  (group) =>
    html`<h4>${group.name}</h4><ul>${group.entries.map(
      (entry) =>
        html`<li data-words="${wordsOf(entry)}"><a href="#${entry.operation.operationId}"><span class="method ${entry.method}">${entry.method}</span><span>${entry.operation.summary}</span></a></li>`,
    )}</ul>`,
)}
<h4>Schemas</h4><ul>${schemas.map(
    ([name]) => html`<li data-words="${name.toLowerCase()}"><a href="#schema-${name}">${name}</a></li>`,
  )}</ul>
</nav>
<main>
<h1>${document.info.title}</h1>
<p class="dim">${document.info.summary} The same for programs: <a href="/openapi.json">/openapi.json</a>.</p>
${introduction(document.servers[0]?.url ?? '/')}
${groups.map((group) => html`<h2>${group.name}</h2>${group.entries.map((entry) => operationOf(entry, document))}`)}
<h2>Schemas</h2>
${schemas.map(
  ([
    name,
    schema,
  ]) => html`<article id="schema-${name}" data-words="${name.toLowerCase()}"><header><h3>${name}</h3></header>
${schema.description === undefined ? undefined : html`<p>${prose(schema.description)}</p>`}${fieldsOf(schema)}</article>`,
)}
</main>
</div>`;
  return pageReply(`${document.info.title}: the API`, body, SCRIPT);
}

function wordsOf({ method, path, operation }: Entry): string {
  return `${method} ${path} ${operation.operationId} ${operation.summary} ${operation.tags.join(' ')}`.toLowerCase();
}

function introduction(server: string): Html {
  const rules: readonly (readonly [string, string])[] = [
    [
      'Keys',
      'Everything under `/v1` needs `Authorization: Bearer pealbell_key_…`. A key is bound to an app; one that is not names it with `X-App`.',
    ],
    [
      'JSON',
      'Fields are snake_case, durations are strings such as `"8s"` or `"24h"`, times are RFC 3339. A field that does not exist is refused, never ignored.',
    ],
    [
      'Repeating',
      'A send with an `Idempotency-Key` can be repeated for 48 h without sending twice; the answer is the first one. `PUT` and `DELETE` are repeatable by nature.',
    ],
    ['Lists', '`?limit=&cursor=`; the answer has `data`, `next_cursor` and `has_more`.'],
    [
      'Limits',
      '`RateLimit-Policy` and `RateLimit` on every answer to a key; 429 and 503 say with `Retry-After` when to come back.',
    ],
    [
      'Problems',
      'Whatever is refused is a problem (RFC 9457) with a `code`, each of which has a page. `X-Request-Id` is in the log as well.',
    ],
  ];
  return html`<table>${rules.map(([name, text]) => html`<tr><td><strong>${name}</strong></td><td>${prose(text)}</td></tr>`)}</table>
<p class="dim">Server: <code>${server}</code></p>`;
}

function operationOf(entry: Entry, { servers, components: { schemas } }: DocDocument): Html {
  const { method, path, operation } = entry;
  const parameters = operation.parameters ?? [];
  const [bodyType, body] = Object.entries(operation.requestBody?.content ?? {})[0] ?? [];
  const responses = Object.entries(operation.responses);
  const isProblem = ({ content = {} }: { readonly content?: Content }) =>
    Object.hasOwn(content, 'application/problem+json');
  const answers = responses.filter(([, response]) => !isProblem(response));
  const problems = responses.filter(([, response]) => isProblem(response));
  return html`<article id="${operation.operationId}" data-words="${wordsOf(entry)}">
<header><span class="method ${method}">${method}</span><span class="path">${path}</span></header>
<h3>${operation.summary}</h3>
${operation.description === undefined ? undefined : html`<p class="dim">${prose(operation.description)}</p>`}
<pre><code>${curlOf(entry, servers[0]?.url ?? '')}</code></pre>
${
  parameters.length === 0
    ? undefined
    : html`<h4>Parameters</h4><table>${parameters.map(
        (parameter) =>
          html`<tr><td><span class="name">${parameter.name}</span>${parameter.required ? html` <span class="must">required</span>` : undefined}<br><span class="hint">${parameter.in}</span></td><td>${prose(parameter.description)}<br><span class="hint">${describe(parameter.schema)}</span></td></tr>`,
      )}</table>`
}
${
  body === undefined
    ? undefined
    : html`<h4>Body</h4><div><span class="hint">${bodyType}</span> ${describe(body.schema)}</div>
<details><summary class="hint">Fields</summary>${fieldsOf(named(body.schema, schemas))}</details>${
        operation.requestBody?.description === undefined ? undefined : html`<p>${operation.requestBody.description}</p>`
      }`
}
<h4>Answers</h4><table>${answers.map(
    ([status, answer]) =>
      html`<tr><td><strong>${status}</strong></td><td>${prose(answer.description)}<br><span class="hint">${Object.entries(
        answer.content ?? {},
      ).map(([type, { schema }]) => html`${type} ${describe(schema)} `)}</span></td></tr>`,
  )}</table>
<details><summary class="hint">Problems</summary><table>${problems.map(
    ([status, answer]) =>
      html`<tr><td><strong>${status}</strong></td><td>${answer.description
        .split(', ')
        .map((code) => html`<a href="/problems/${code}"><code>${code}</code></a> `)}</td></tr>`,
  )}</table></details>
</article>`;
}

/** A call to begin with: what is required, and no more. */
function curlOf({ method, path, operation }: Entry, server: string): string {
  const base = server === '/' ? '' : server;
  const verb = method === 'get' ? '' : ` -X ${method.toUpperCase()}`;
  const keyed = path.startsWith('/v1/') ? ' -H "Authorization: Bearer $KEY"' : '';
  const type = Object.keys(operation.requestBody?.content ?? {})[0];
  const body =
    type === undefined
      ? ''
      : ` \\\n  -H 'Content-Type: ${type}' ${type.includes('ndjson') ? '-T devices.ndjson' : "-d '{ … }'"}`;
  return `curl${verb} ${base}${path}${keyed}${body}`;
}
