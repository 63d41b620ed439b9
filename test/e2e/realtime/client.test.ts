import { realtimeClientSuite } from '../../contract/realtime-client/client.suite.js';
import { openClientArena } from './client-arena.js';

realtimeClientSuite('the gateway', () => openClientArena(), ['websocket']);
