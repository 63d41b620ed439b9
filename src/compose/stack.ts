/** What was opened, in order; closed last first. */
export type Stack = (() => Promise<unknown> | unknown)[];

export async function unwind(stack: Stack): Promise<void> {
  for (let close = stack.pop(); close !== undefined; close = stack.pop()) await close();
}
