/** The demonstration cannot go on, or what it found is not what was promised; the message says it in a sentence. */
export class DemoFailure extends Error {
  override readonly name = 'DemoFailure';
}
