/** What Meizu counts by the day in Beijing: messages of the app, and public ones to each device. */

export interface DayCounts {
  setQuota(messages: number): void;
  setDeviceQuota(messages: number): void;
  /** Whether so many messages of the app are left. */
  hasRoomFor(messages: number): boolean;
  isCapped(pushToken: string): boolean;
  /** They went out. */
  count(pushTokens: readonly string[], isPublic: boolean): void;
}

export function createDayCounts(now: () => number): DayCounts {
  let quota = Number.POSITIVE_INFINITY;
  let deviceQuota = Number.POSITIVE_INFINITY;
  let day = -1;
  let sent = 0;
  const byDevice = new Map<string, number>();
  const turn = () => {
    const today = Math.floor((now() + 8 * 3_600_000) / 86_400_000);
    if (today === day) return;
    day = today;
    sent = 0;
    byDevice.clear();
  };
  return {
    setQuota(messages) {
      quota = messages;
    },
    setDeviceQuota(messages) {
      deviceQuota = messages;
    },
    hasRoomFor(messages) {
      turn();
      return sent + messages <= quota;
    },
    isCapped(pushToken) {
      turn();
      return (byDevice.get(pushToken) ?? 0) >= deviceQuota;
    },
    count(pushTokens, isPublic) {
      turn();
      sent += pushTokens.length;
      // Counted where somebody wants to know: otherwise a test with many devices would fill the map.
      if (!isPublic || deviceQuota === Number.POSITIVE_INFINITY) return;
      for (const token of pushTokens) byDevice.set(token, (byDevice.get(token) ?? 0) + 1);
    },
  };
}
