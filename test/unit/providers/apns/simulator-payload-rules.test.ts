import assert from 'node:assert/strict';
import { refuseMismatch } from '../../../../providers/apns/simulator/payload-rules.js';

describe('APNs simulator: bodies of push types', () => {
  const state = { timestamp: 1, 'content-state': { a: 1 } };
  const start = { ...state, event: 'start', 'attributes-type': 'T', attributes: {}, alert: { title: 'x' } };
  const { alert: _, ...quiet } = start;
  const cases: [string, object, boolean][] = [
    ['liveactivity', { aps: { ...state, event: 'update' } }, true],
    ['liveactivity', { aps: { ...state, event: 'end' } }, true],
    ['liveactivity', { aps: { event: 'end', timestamp: 1 } }, true],
    ['liveactivity', { aps: start }, true],
    ['liveactivity', { aps: quiet }, false],
    ['liveactivity', { aps: { ...start, attributes: [] } }, false],
    ['liveactivity', { aps: { ...state, event: 'start' } }, false],
    ['liveactivity', { aps: { ...state, event: 'stop' } }, false],
    ['liveactivity', { aps: { event: 'update', timestamp: 1 } }, false],
    ['liveactivity', { aps: { event: 'end', timestamp: '1' } }, false],
    ['liveactivity', {}, false],
    ['widgets', { aps: { 'content-changed': true } }, true],
    ['widgets', { aps: { 'content-changed': 1 } }, false],
    ['controls', { aps: {} }, false],
    ['mdm', { mdm: 'MAGIC' }, true],
    ['mdm', { mdm: 'MAGIC', aps: {} }, false],
    ['mdm', { aps: {} }, false],
    ['voip', { anything: 1 }, true],
    ['alert', { aps: { alert: 'x' } }, true],
  ];
  for (const [type, body, isTaken] of cases) {
    it(`${isTaken ? 'takes' : 'refuses'} ${JSON.stringify(body)} as ${type}`, () => {
      const expected = isTaken ? undefined : { status: 400, reason: 'InvalidPushType' };
      assert.deepEqual(refuseMismatch(JSON.stringify(body), type), expected);
    });
  }
});
