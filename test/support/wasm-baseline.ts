/**
 * Loaded into every process of a test run: WebAssembly is compiled by V8's baseline compiler alone. The embedded
 * database is 9 MB of it, which most processes of tests use for seconds; optimizing it costs each of them more than a
 * second of CPU in the background, and the end-to-end tests a sixth of their time.
 */
import v8 from 'node:v8';

v8.setFlagsFromString('--liftoff-only');
