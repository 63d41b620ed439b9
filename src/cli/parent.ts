/** Put before a command, ends it when the process that started it is gone, however that one died. */
export const EXIT_WITH_PARENT = '--exit-with-parent';

/**
 * Calls `end` once when the process on the other side of the IPC channel is gone. Even SIGKILL closes the channel,
 * which no signal handler of the parent could do.
 *
 * @throws Error when this process was started without an IPC channel
 */
export function onParentGone(end: () => void): void {
  if (process.send === undefined) throw new Error(`${EXIT_WITH_PARENT} is for processes with an IPC channel`);
  if (process.connected) process.once('disconnect', end);
  else end();
  // A listener keeps the channel, and with it the process, alive; the command alone decides how long it runs.
  process.channel?.unref();
}
