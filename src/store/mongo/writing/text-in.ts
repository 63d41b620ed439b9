import { op } from '../engine/collection.js';

/** A filter on a field that holds text: this stands in it somewhere. */
export function textIn(text: string) {
  return op({ $regex: text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&') });
}
