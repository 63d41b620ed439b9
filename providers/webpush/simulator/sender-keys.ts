const KEYS_KEPT_MAX = 100_000;

/**
 * Remembers the senders' key pairs of late: RFC 8291 §3.1 asks for a new one with every message. The same body again is
 * a repetition, not a reuse.
 */
export class SenderKeys {
  /** End of the body (its tag) by key, both as bytes in a string; oldest first. */
  readonly #seen = new Map<string, string>();

  /** `false` when this key encrypted another body before. */
  isFresh(sender: Buffer, body: Buffer): boolean {
    // The x coordinate names the pair; the other half of the point follows from it but for a sign.
    const key = sender.toString('latin1', 1, 33);
    const tag = body.toString('latin1', body.length - 16);
    const before = this.#seen.get(key);
    if (before !== undefined) return before === tag;
    if (this.#seen.size >= KEYS_KEPT_MAX) {
      const [oldest] = this.#seen.keys();
      if (oldest !== undefined) this.#seen.delete(oldest);
    }
    this.#seen.set(key, tag);
    return true;
  }
}
