import type { Healthy } from '../ports/lifecycle.js';

const ANSWER_WITHIN_MS = 3_000;

/** Whether this process turns, and whether it can do its work. */
export interface HealthChecks {
  live(): boolean;
  ready(): Promise<{ readonly ok: boolean; readonly checks: Readonly<Record<string, string>> }>;
}

/**
 * @param dead names of workers that ended without being asked
 * @param isStopping whether it was told to stop: nobody new should be sent to it
 */
export function createHealth(
  dead: () => readonly string[],
  parts: Readonly<Record<string, Healthy>>,
  isStopping: () => boolean = () => false,
): HealthChecks {
  return {
    live: () => dead().length === 0,
    async ready() {
      const checks: Record<string, string> = {};
      await Promise.all(
        Object.entries(parts).map(async ([name, part]) => {
          checks[name] = await answerOf(part);
        }),
      );
      for (const name of dead()) checks[name] = 'ended';
      if (isStopping()) checks.process = 'is stopping';
      return { ok: Object.values(checks).every((word) => word === 'ok'), checks };
    },
  };
}

async function answerOf(part: Healthy): Promise<string> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<string>((resolve) => {
    timer = setTimeout(() => resolve(`no answer within ${ANSWER_WITHIN_MS} ms`), ANSWER_WITHIN_MS);
  });
  try {
    return await Promise.race([part.check().then(() => 'ok'), late]);
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  } finally {
    clearTimeout(timer);
  }
}
