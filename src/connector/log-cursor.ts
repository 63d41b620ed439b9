/**
 * The opaque cursor of the protocol: the mailbox's epoch, how far the device is in the log for everyone, and a position
 * that mailboxes had reached by then, which tells a store that was put back to an earlier state.
 */
export interface Cursor {
  readonly epoch: string;
  readonly logPosition: number;
  readonly position: number;
}

export function formatCursor(epoch: string, logPosition: number, position: number): string {
  return `${epoch}.${logPosition}.${position}`;
}

/** @returns undefined for what was never a cursor */
export function parseCursor(text: string): Cursor | undefined {
  const match = /^([^.]+)\.(\d{1,15})\.(\d{1,15})$/.exec(text);
  if (match?.[1] === undefined) return undefined;
  return { epoch: match[1], logPosition: Number(match[2]), position: Number(match[3]) };
}

/** What of the mailbox and the log a device may have seen already. */
export interface LogState {
  readonly epoch: string;
  readonly newest: number;
  readonly logPosition: number;
  readonly logEnd: number;
}

/**
 * @param text the cursor that the device came with
 * @returns where in the log it goes on, and whether that is where it was: not where the cursor is of another time
 */
export function resumeFrom(
  text: string | undefined,
  { epoch, newest, logPosition, logEnd }: LogState,
): { readonly from: number; readonly resumed: boolean } {
  const cursor = text === undefined ? undefined : parseCursor(text);
  const resumed =
    cursor !== undefined && cursor.epoch === epoch && cursor.logPosition <= logEnd && cursor.position <= newest;
  return { from: Math.max(logPosition, resumed ? cursor.logPosition : 0), resumed };
}
