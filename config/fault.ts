/** A fault of the configuration and the one form in which faults are shown. */

/** Where a value was written. */
export type Place =
  /** `line` and `col` count from 1; both absent when the file as a whole is meant. */
  | { readonly kind: 'file'; readonly file: string; readonly line?: number; readonly col?: number }
  | { readonly kind: 'variable'; readonly name: string }
  | { readonly kind: 'flag'; readonly text: string }
  /** Nobody wrote it. */
  | { readonly kind: 'default' };

export interface ConfigFault {
  readonly place: Place;
  /** Dotted, such as `server.listen` or `providers.apns.key_id`; empty for the file as a whole. */
  readonly key: string;
  /** Reads on from the key: `must be …`, `is missing`. */
  readonly what: string;
  /** What to do, as far as it can be told. */
  readonly suggestion?: string;
}

/** `config/gateway.yaml:3:5`, `$PEALBELL_LOG__LEVEL`, `--set log.level`. */
export function formatPlace(place: Place): string {
  switch (place.kind) {
    case 'file':
      return place.line === undefined ? place.file : `${place.file}:${place.line}:${place.col ?? 1}`;
    case 'variable':
      return `$${place.name}`;
    case 'flag':
      return `--set ${place.text}`;
    case 'default':
      return 'default';
    default:
      return place satisfies never;
  }
}

/** One line: `file:line:col key: what is wrong. Suggestion.` */
export function formatFault(fault: ConfigFault): string {
  const key = fault.key === '' ? ': ' : ` ${fault.key}: `;
  const suggestion = fault.suggestion === undefined ? '' : ` ${sentence(fault.suggestion)}`;
  return `${formatPlace(fault.place)}${key}${endWithStop(fault.what)}${suggestion}`;
}

/** Faults in the order in which a person mends them: by file, then by line. */
export function sortFaults(faults: readonly ConfigFault[]): readonly ConfigFault[] {
  return [...faults].sort((a, b) => {
    const [x, y] = [a.place, b.place];
    if (x.kind !== 'file' || y.kind !== 'file') return Number(x.kind !== 'file') - Number(y.kind !== 'file');
    if (x.file !== y.file) return x.file < y.file ? -1 : 1;
    return (x.line ?? 0) - (y.line ?? 0) || (x.col ?? 0) - (y.col ?? 0);
  });
}

function sentence(text: string): string {
  return endWithStop(text.charAt(0).toUpperCase() + text.slice(1));
}

function endWithStop(text: string): string {
  return /[.?!]$/.test(text) ? text : `${text}.`;
}
