/** Renders the first files of an installation: every setting is there to be read, and only what was chosen is set. */
import type { ConfigKind } from './apps.js';
import { flow, renderAppExample, renderGatewayExample } from './example.js';

/** Values by setting, as they are written: `store.url`. */
export type Chosen = Readonly<Record<string, unknown>>;

const SETTING = /^( {2})(?:# )?([a-z_]+): /;
const SECTION = /^([a-z_]+):(.*)$/;
const PROVIDER = /^ {2}([a-z_]+):/;
const OPTION = /^( {4})(?:# )?([a-z_]+): /;

/** `gateway.yaml`, with its defaults as comments. */
export function renderStarterGateway(chosen: Chosen): string {
  let section = '';
  const lines = renderGatewayExample()
    .split('\n')
    .filter((line) => !/^# (?:yaml-language-server|Written by|Every setting)/.test(line))
    .map((line) => {
      const [, name, rest = ''] = SECTION.exec(line) ?? [];
      if (name !== undefined) {
        section = name;
        return rest === '' || name in chosen ? setTo(line, '', name, chosen[name]) : `# ${line}`;
      }
      const [, indent = '', key] = SETTING.exec(line) ?? [];
      if (key === undefined) return line;
      const value = chosen[`${section}.${key}`];
      return value === undefined && !line.startsWith('  # ')
        ? `${indent}# ${line.trimStart()}`
        : setTo(line, indent, key, value);
    });
  return `# Every setting with its default; take the # away from what you change.\n${lines.join('\n')}`;
}

/**
 * The file of an app. Providers without an entry are comments, each ready to be filled in.
 *
 * @param chosen options by provider kind
 */
export function renderStarterApp(chosen: Readonly<Record<string, Chosen>>, kinds?: readonly ConfigKind[]): string {
  let section = '';
  let provider = '';
  const example = renderAppExample(kinds);
  const lines = example
    .slice(example.indexOf('providers:')) // its head is about the example
    .split('\n')
    .map((line) => {
      section = SECTION.exec(line)?.[1] ?? section;
      if (line === '' || line.startsWith('#') || /^providers:/.test(line)) return line;
      if (line === 'realtime: {}') return line;
      if (section !== 'providers') return `# ${line}`;
      provider = PROVIDER.exec(line)?.[1] ?? provider;
      const options = chosen[provider];
      if (options === undefined) return `  # ${line.slice(2)}`;
      const [, indent = '', key] = OPTION.exec(line) ?? [];
      return key === undefined ? line : setTo(line, indent, key, options[key]);
    });
  const head = [
    "# An app; this file's name is its id. Take the # away from the providers that you have, and fill them in.",
    '# Secrets come in as "${file:PATH}", PATH from the folder of this file, or "${env:NAME}".',
  ];
  return `${head.join('\n')}\n\n${lines.join('\n')}`;
}

function setTo(line: string, indent: string, key: string, value: unknown): string {
  return value === undefined ? line : `${indent}${key}: ${flow(value)}`;
}
