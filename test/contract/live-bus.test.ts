import { createMemoryBus } from '../../src/bus/memory.js';
import { liveBusSuite } from './live-bus.suite.js';

liveBusSuite('memory', async () => {
  const bus = createMemoryBus();
  return { end: async () => bus, close: () => bus.close() };
});
