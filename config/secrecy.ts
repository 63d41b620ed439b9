/** Which settings of an app's file are secrets, by what the schemas of their kinds say. */
import type { SettingSchema } from './schema.js';
import { isWithin, type Path } from './yaml-source.js';

/** Where a schema says `secret`: true, or false for what only looks like one by its name. */
export interface Secrecy {
  readonly path: Path;
  readonly isSecret: boolean;
}

/** What a schema says of a setting at `path` and of all within it. */
export function secrecyOf(schema: SettingSchema, path: Path): readonly Secrecy[] {
  const own = schema.secret === undefined ? [] : [{ path, isSecret: schema.secret }];
  const inner = Object.entries(schema.properties ?? {}).flatMap(([key, part]) => secrecyOf(part, [...path, key]));
  return [...own, ...inner];
}

/** The word of the innermost setting that holds a path; undefined where no schema says anything. */
export function judgeSecrecy(said: readonly Secrecy[]): (path: Path) => boolean | undefined {
  return (path) =>
    said
      .filter((each) => isWithin(path, each.path))
      .reduce<Secrecy | undefined>(
        (inmost, each) => (inmost === undefined || each.path.length > inmost.path.length ? each : inmost),
        undefined,
      )?.isSecret;
}
