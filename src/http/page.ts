import { createHash } from 'node:crypto';
import type { Reply } from './operation.js';

/** Text that is HTML already. Made by `html` alone, which escapes what is put into it. */
export interface Html {
  readonly html: string;
}

type Part = string | number | Html | readonly Html[] | undefined;

/** A piece of HTML: whatever is put in is escaped, unless it is such a piece itself. */
export function html(strings: TemplateStringsArray, ...parts: readonly Part[]): Html {
  return { html: strings.map((text, i) => text + (i < parts.length ? shown(parts[i]) : '')).join('') };
}

function shown(part: Part): string {
  if (part === undefined) return '';
  if (typeof part === 'string' || typeof part === 'number') return escaped(String(part));
  return 'html' in part ? part.html : part.map((piece) => piece.html).join('');
}

function escaped(text: string): string {
  const names: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };
  return text.replace(/[&<>"']/g, (character) => names[character] ?? character);
}

/** Words with `code` in backquotes. */
export function prose(text: string): Html {
  return {
    html: text
      .split('`')
      .map((part, i) => (i % 2 === 0 ? escaped(part) : `<code>${escaped(part)}</code>`))
      .join(''),
  };
}

const STYLE = `
:root{color-scheme:light dark;--bg:#fdfcfa;--fg:#1f2328;--dim:#636c76;--line:#e4e1da;--soft:#f4f2ec;--accent:#9a5b13;--get:#1a7f47;--post:#0a5cad;--put:#9a5b13;--delete:#b3261e}
@media(prefers-color-scheme:dark){:root{--bg:#16181c;--fg:#e4e6ea;--dim:#9aa1ab;--line:#2e323a;--soft:#1f2228;--accent:#e5a657;--get:#5ac78a;--post:#6cb2ff;--put:#e5a657;--delete:#ff8a80}}
*{box-sizing:border-box}
html{scroll-padding-top:1rem}
body{margin:0;background:var(--bg);color:var(--fg);font:15px/1.6 system-ui,-apple-system,"Segoe UI",Roboto,sans-serif}
a{color:var(--accent);text-decoration:none}
a:hover{text-decoration:underline}
code,pre{font:13px/1.5 ui-monospace,SFMono-Regular,Menlo,Consolas,monospace}
code{background:var(--soft);border-radius:4px;padding:.1em .35em;overflow-wrap:anywhere}
pre{background:var(--soft);border:1px solid var(--line);border-radius:8px;padding:.9rem 1rem;overflow-x:auto;margin:.6rem 0}
pre code{background:none;padding:0;overflow-wrap:normal}
h1{font-size:1.9rem;line-height:1.2;margin:0 0 .3rem}
h2{font-size:1.35rem;margin:3rem 0 .8rem;padding-bottom:.3rem;border-bottom:1px solid var(--line);text-transform:capitalize}
h3{font-size:1.08rem;margin:0}
h4{font-size:.8rem;letter-spacing:.06em;text-transform:uppercase;color:var(--dim);margin:1.2rem 0 .3rem}
.dim{color:var(--dim)}
.page{max-width:46rem;margin:0 auto;padding:3rem 1.25rem 5rem}
.layout{display:grid;grid-template-columns:18rem minmax(0,1fr)}
nav{position:sticky;top:0;height:100vh;overflow-y:auto;border-right:1px solid var(--line);padding:1.2rem 1rem 3rem;font-size:13.5px}
nav h4{margin-top:1.3rem}
nav ul{list-style:none;margin:0;padding:0}
nav li a{display:flex;gap:.5rem;align-items:baseline;padding:.16rem .4rem;border-radius:5px;color:var(--fg)}
nav li a:hover{background:var(--soft);text-decoration:none}
input[type=search]{width:100%;font:inherit;color:inherit;background:var(--soft);border:1px solid var(--line);border-radius:7px;padding:.4rem .6rem}
main{max-width:60rem;padding:2.2rem clamp(1rem,4vw,3.5rem) 6rem;min-width:0}
article{border:1px solid var(--line);border-radius:10px;padding:1.1rem 1.3rem 1.2rem;margin:1.1rem 0}
article header{display:flex;flex-wrap:wrap;gap:.6rem;align-items:baseline}
.path{font:600 14px/1.5 ui-monospace,SFMono-Regular,Menlo,Consolas,monospace;overflow-wrap:anywhere}
.method{font:700 11px/1 ui-monospace,SFMono-Regular,Menlo,Consolas,monospace;text-transform:uppercase;min-width:3.1rem}
.get{color:var(--get)}.post{color:var(--post)}.put,.patch{color:var(--put)}.delete{color:var(--delete)}
table{border-collapse:collapse;width:100%;font-size:14px}
td,th{text-align:left;vertical-align:top;padding:.4rem .7rem .4rem 0;border-top:1px solid var(--line)}
th{font-weight:600}
td:first-child{white-space:nowrap}
details{margin:.35rem 0}
summary{cursor:pointer}
.fields{border-left:2px solid var(--line);margin:.2rem 0 .2rem .3rem;padding-left:.9rem}
.field{padding:.18rem 0}
.name{font:600 13px/1.5 ui-monospace,SFMono-Regular,Menlo,Consolas,monospace}
.must{color:var(--delete);font-size:12px}
.hint{color:var(--dim);font-size:13px}
@media(max-width:60rem){.layout{display:block}nav{position:static;height:auto;border-right:0;border-bottom:1px solid var(--line)}nav h4,nav ul{display:none}nav.found ul{display:block}}
@media(max-width:40rem){td:first-child{white-space:normal}}
`;

/** A page that needs nothing but itself: neither scripts nor styles nor pictures of others are let in. */
export function pageReply(title: string, body: Html, script = ''): Reply {
  const whole = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title}</title>
<style>${{ html: STYLE }}</style>
</head>
<body>
${body}
${script === '' ? undefined : { html: `<script>${script}</script>` }}
</body>
</html>
`;
  const policy = [
    "default-src 'none'",
    `style-src ${sourceHash(STYLE)}`,
    ...(script === '' ? [] : [`script-src ${sourceHash(script)}`]),
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ];
  return {
    kind: 'text',
    status: 200,
    type: 'text/html; charset=utf-8',
    body: whole.html,
    headers: {
      'Content-Security-Policy': policy.join('; '),
      'X-Content-Type-Options': 'nosniff',
      'Referrer-Policy': 'no-referrer',
    },
  };
}

/** The one inline text that a policy allows (CSP Level 3 §2.3.1). */
function sourceHash(text: string): string {
  return `'sha256-${createHash('sha256').update(text).digest('base64')}'`;
}
