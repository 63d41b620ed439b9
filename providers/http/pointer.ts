/** JSON pointers (RFC 6901): where in an answer a value stands. */

/** `/data/0/id`; empty for the value itself. */
export const POINTER = /^(?:\/(?:[^~/]|~[01])*)*$/;

/** The value at a pointer; undefined where there is none. */
export function valueAt(value: unknown, pointer: string): unknown {
  const steps = pointer === '' ? [] : pointer.slice(1).split('/').map(unescaped);
  return steps.reduce<unknown>((inner, step) => {
    if (typeof inner !== 'object' || inner === null) return undefined;
    return Object.hasOwn(inner, step) ? (inner as Readonly<Record<string, unknown>>)[step] : undefined;
  }, value);
}

function unescaped(step: string): string {
  return step.replaceAll('~1', '/').replaceAll('~0', '~');
}
