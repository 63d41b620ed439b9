/** Orders of W13 and what is told of them: letters into the mailboxes of devices that are away, and out again. */
export type MailOrder =
  | { readonly kind: 'put'; readonly devices: number; readonly letters: number }
  | { readonly kind: 'drain'; readonly devices: number };

export interface MailTold {
  /** Copies that were put, or taken out. */
  readonly arrivals: number;
  readonly distinct: number;
  /** What the copies took in the database, indexes aside; after a put. */
  readonly bytes: number;
}

/** Devices of one store call, as they are in a chunk. */
export const PUT_DEVICES = 500;
/** Devices that come back together: one store call for their letters, and one for their word. */
export const DRAIN_DEVICES = 50;

/** A notification with a picture and some data, as its frame has it. */
export function letterBody(letter: number): string {
  return JSON.stringify({
    id: `msg_${String(letter).padStart(26, '0')}`,
    tag: `msg_${String(letter).padStart(26, '0')}`,
    notification: {
      title: 'Your order is on its way',
      body: 'It left our house this morning and will be with you between ten and twelve. '.repeat(4),
      image: 'https://shop.example/pictures/parcel-on-the-road.jpg',
      click: { url: 'https://shop.example/orders/4711', deep_link: 'shop://orders/4711' },
    },
    data: { order: '4711', state: 'on_its_way' },
    expires_at: '2031-01-01T00:00:00.000Z',
  });
}

/** The numbers from 0 to below `count`, so many at a time. */
export function* parts(count: number, size: number): Generator<readonly number[]> {
  for (let from = 0; from < count; from += size) {
    yield Array.from({ length: Math.min(size, count - from) }, (_, i) => from + i);
  }
}
