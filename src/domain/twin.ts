/**
 * The twin of an app: an app of its own with the same providers by name and kind, opened against simulators. Test keys
 * work in it. Everything below the edge sees just another app.
 */

/** An app's id is its file's name, which has no colon: no twin is ever the name of an app. */
const SUFFIX = ':test';

export function twinOf(app: string): string {
  return `${app}${SUFFIX}`;
}

export function isTwin(app: string): boolean {
  return app.endsWith(SUFFIX);
}
