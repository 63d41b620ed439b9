import { type EarlyCheck, type Finding, fault, ok, warning } from '../check.js';

/** As `engines` in package.json says. */
const NODE_MIN = [20, 19] as const;
const MB = 1024 ** 2;
/** A gateway under load takes some 250 MB, an embedded store among it. */
const MEMORY_MIN = 384 * MB;

/** What the program runs on. */
export const runtime: EarlyCheck = {
  name: 'runtime',
  look({ machine: { nodeVersion, memoryBytes } }) {
    return [node(nodeVersion), memory(memoryBytes)];
  },
};

function node(version: string): Finding {
  const [major = 0, minor = 0] = version.replace(/^v/, '').split('.').map(Number);
  const isNew = major > NODE_MIN[0] || (major === NODE_MIN[0] && minor >= NODE_MIN[1]);
  if (isNew) return ok('Node.js', version);
  return fault('Node.js', `${version} is too old`, `Install Node.js ${NODE_MIN.join('.')} or newer.`);
}

function memory(bytes: number): Finding {
  const shown = `${Math.floor(bytes / MB).toLocaleString('en-US')} MB`;
  if (bytes >= MEMORY_MIN) return ok('memory', `${shown} at most`);
  const says = `this process may use ${shown} only, and may be killed under load`;
  return warning('memory', says, 'Give it 512 MB at least; making an embedded store, once, takes 800 MB.');
}
