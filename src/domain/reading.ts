/** What an answer of a vendor, or a reason of the house, means to people. */
export interface Reading {
  /** A clause that can follow a colon, such as `the app was removed from this device`. No full stop. */
  readonly means: string;
  /** What an operator or an app's developer can do about it, in one or two sentences. Absent where nothing is to be mended. */
  readonly cure?: string;
}
