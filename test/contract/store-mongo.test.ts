import { randomBytes } from 'node:crypto';
import { makeDataKey, parseDataKey } from '../../src/domain/data-key.js';
import { freshMongo } from '../support/mongo-server.js';
import { openMongoUnderTest } from '../support/open-mongo.js';
import { storeSuite } from './store.suite.js';

storeSuite('MongoDB', async (context) =>
  openMongoUnderTest(await freshMongo(context), parseDataKey(makeDataKey(randomBytes))),
);
