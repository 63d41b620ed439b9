/** The opaque cursor of the protocol: the mailbox's epoch, and how far the device is in the log for everyone. */
export function formatCursor(epoch: string, logPosition: number): string {
  return `${epoch}.${logPosition}`;
}

/** @returns undefined for what was never a cursor */
export function parseCursor(text: string): { readonly epoch: string; readonly logPosition: number } | undefined {
  const match = /^(.+)\.(\d{1,15})$/.exec(text);
  return match?.[1] === undefined ? undefined : { epoch: match[1], logPosition: Number(match[2]) };
}
