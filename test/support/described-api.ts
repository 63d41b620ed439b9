import { Registry } from 'prom-client';
import { apiOperations } from '../../src/http/app.js';
import type { ApiHouse } from '../../src/http/house.js';
import { openApiDocument } from '../../src/http/openapi-document.js';
import type { Operation } from '../../src/http/operation.js';
import { VERSION } from '../../src/version.js';

/** Every operation that any house can have, to be described and never called. */
export function describedOperations(): readonly Operation[] {
  return apiOperations(houseOfEverything());
}

/** The document that is published with the code: of the whole API, wherever it will be served. */
export function describedApi(): unknown {
  return openApiDocument(describedOperations(), VERSION);
}

/** A house in which every part is there, optional ones too, and none does anything. */
function houseOfEverything(): ApiHouse {
  const part: object = new Proxy(() => undefined, {
    get: (_target, name) => (typeof name === 'symbol' ? undefined : part),
    apply: () => {
      throw new Error('operations are only described here: an operations list must not use the house when it is made');
    },
  });
  const house = new Proxy(
    { metrics: new Registry(), version: VERSION, publicUrl: '/' },
    { get: (target, name) => Reflect.get(target, name) ?? part },
  );
  return house as unknown as ApiHouse; // Whatever an operations list takes out of it while it is made, it gets.
}
