import { type BusHouse, livingNames, messageOf } from './house.js';
import { SWEEP } from './scripts.js';

/**
 * The living names at which these devices are, in their order; undefined for who is nowhere. What is asked at the same
 * time is answered in the order of the asking. Never rejects: where nothing can be learned nobody is anywhere.
 */
export async function placesOf(
  house: BusHouse,
  app: string,
  devices: readonly string[],
): Promise<readonly (string | undefined)[]> {
  if (devices.length === 0) return [];
  const { redis, names, log } = house;
  try {
    const [texts, living] = await Promise.all([redis.hmget(names.places(app), ...devices), livingNames(house)]);
    const left: string[] = [];
    const places = texts.map((text, i) => {
      const name = text?.slice(text.indexOf(' ') + 1);
      if (name === undefined || living.has(name)) return name;
      left.push(devices[i] ?? '', name);
      return undefined;
    });
    if (left.length > 0) sweep(house, app, left);
    return places;
  } catch (error) {
    log.debug({ app, error: messageOf(error) }, 'bus.not_asked');
    return devices.map(() => undefined);
  }
}

/** What a node that died has left is removed by whoever meets it; a name never lives again. */
function sweep({ redis, names, log }: BusHouse, app: string, left: readonly string[]): void {
  redis
    .eval(SWEEP, 1, names.places(app), ...left)
    .catch((error: unknown) => log.debug({ app, error: messageOf(error) }, 'bus.not_swept'));
}
