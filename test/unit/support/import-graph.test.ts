import assert from 'node:assert/strict';
import { checkImportGraph, importsOf } from '../../support/import-graph.js';

const check = (files: Readonly<Record<string, string>>) => checkImportGraph(new Map(Object.entries(files)));

describe('the import graph', () => {
  it('is read from statements of every form', () => {
    const text = [
      "import a from './a.js';",
      "import type { B } from './b.js';",
      "import { type C, type D } from './c.js';",
      'import {',
      '  type E,',
      '  f,',
      "} from './e.js';",
      "import './g.js';",
      "export * from './h.js';",
      "export type { I } from './i.js';",
      "const j = await import('./j.js');",
      "type K = import('./k.js').K;",
      "// import x from './comment.js';",
      " * import y from './comment.js';",
    ].join('\n');
    assert.deepEqual(
      importsOf(text).map(({ specifier, typesOnly }) => `${specifier}${typesOnly ? ' types' : ''}`),
      ['./a.js', './b.js types', './c.js types', './e.js', './h.js', './i.js types', './g.js', './j.js', './k.js'],
    );
  });

  it('is content with what the table allows', () => {
    const faults = check({
      'src/domain/a.ts': "import { randomUUID } from 'node:crypto';",
      'src/ports/p.ts': "import type { A } from '../domain/a.js';",
      'src/usecases/u.ts': "import '../ports/p.js';\nimport type { P } from '../../providers/contract.js';",
      'src/http/h.ts': "import express from 'express';\nimport '../usecases/u.js';\nimport '../domain/a.js';",
      'src/store/postgres/s.ts': "import { PGlite } from '@electric-sql/pglite/x';\nimport '../at-rest.js';",
      'src/store/at-rest.ts': '',
      'providers/contract.ts': "import type { A } from '../src/domain/a.js';",
      'providers/apns/kind.ts': "import '../contract.js';\nimport '../shared/t.js';\nimport './payload.js';",
      'providers/apns/payload.ts': '',
      'providers/apns/simulator.ts': "import '../simulation.js';\nimport './simulator/x.js';",
      'providers/apns/simulator/x.ts': '',
      'providers/catalogue.ts': "import './apns/kind.js';",
      'providers/shared/t.ts': '',
      'providers/simulation.ts': '',
      'config/load.ts': "import '../providers/catalogue.js';\nimport { parse } from 'yaml';",
      'src/simulators.ts': "import '../providers/apns/simulator.js';",
      'src/compose.ts': "import './http/h.js';\nimport '../config/load.js';\nimport pg from 'pg';",
      'src/compose/simulators.ts': "const { start } = await import('../simulators.js');",
      'src/cli/serve.ts': "import '../compose.js';\nimport '../../config/load.js';",
      'src/main.ts': "import './cli/serve.js';",
      'test/unit/x.test.ts': "import '../../providers/apns/simulator.js';\nimport 'anything';",
    });
    assert.deepEqual(faults, []);
  });

  const planted: readonly (readonly [string, Readonly<Record<string, string>>, string])[] = [
    [
      'the domain that asks for a port',
      { 'src/domain/a.ts': "import type { P } from '../ports/p.js';", 'src/ports/p.ts': '' },
      'src/domain/a.ts must not import src/ports/p.ts',
    ],
    [
      'a use case that knows a store',
      { 'src/usecases/u.ts': "import '../store/postgres/s.js';", 'src/store/postgres/s.ts': '' },
      'src/usecases/u.ts must not import src/store/postgres/s.ts',
    ],
    [
      'an edge that reads the configuration',
      { 'src/http/h.ts': "import '../../config/load.js';", 'config/load.ts': '' },
      'src/http/h.ts must not import config/load.ts',
    ],
    [
      'a provider that reaches past the contract',
      { 'providers/apns/kind.ts': "import '../../src/domain/a.js';", 'src/domain/a.ts': '' },
      'providers/apns/kind.ts must not import src/domain/a.ts',
    ],
    [
      'a gateway that carries the simulators along',
      { 'src/compose/simulators.ts': "import { start } from '../simulators.js';", 'src/simulators.ts': '' },
      'src/compose/simulators.ts must import src/simulators.ts with import(): simulators are loaded where they are used',
    ],
    [
      'a provider that knows another one',
      { 'providers/fcm/kind.ts': "import '../apns/payload.js';", 'providers/apns/payload.ts': '' },
      'providers/fcm/kind.ts must not import providers/apns/payload.ts',
    ],
    [
      'a contract that takes more than types',
      { 'providers/contract.ts': "import { a, type B } from '../src/domain/a.js';", 'src/domain/a.ts': '' },
      'providers/contract.ts must not import src/domain/a.ts except for its types',
    ],
    [
      'a simulator that borrows from the adapter',
      { 'providers/apns/simulator.ts': "import './payload.js';", 'providers/apns/payload.ts': '' },
      'providers/apns/simulator.ts must not import providers/apns/payload.ts',
    ],
    [
      'an adapter that borrows from its simulator',
      { 'providers/apns/kind.ts': "import './simulator/x.js';", 'providers/apns/simulator/x.ts': '' },
      'providers/apns/kind.ts must not import providers/apns/simulator/x.ts: a simulator is the other side of the protocol',
    ],
    [
      'a catalogue that imports more than kinds',
      { 'providers/catalogue.ts': "import './apns/payload.js';", 'providers/apns/payload.ts': '' },
      'providers/catalogue.ts must not import providers/apns/payload.ts',
    ],
    [
      'product code that imports a test',
      { 'src/store/s.ts': "import '../../test/support/x.js';", 'test/support/x.ts': '' },
      'src/store/s.ts must not import test/support/x.ts',
    ],
    [
      'a composition root that calls a command',
      { 'src/compose.ts': "import './cli/serve.js';", 'src/cli/serve.ts': '' },
      'src/compose.ts must not import src/cli/serve.ts: commands are the outermost edge',
    ],
    [
      'a package beyond its border',
      { 'src/usecases/u.ts': "import { Queue } from 'bullmq';" },
      'src/usecases/u.ts must not import bullmq: it stops at the border of ^src\\/queue\\/',
    ],
    [
      'a package that nobody gave a border',
      { 'src/http/h.ts': "import x from '@scope/thing/deep';" },
      'src/http/h.ts imports @scope/thing, which has no line in test/support/import-graph.ts',
    ],
    [
      'a folder that nobody gave a row',
      { 'src/stuff/x.ts': '' },
      'src/stuff/x.ts: its folder has no row in the table of test/support/import-graph.ts',
    ],
    [
      'a cycle, of types as well',
      {
        'src/domain/a.ts': "import type { B } from './b.js';",
        'src/domain/b.ts': "export { c } from './c.js';",
        'src/domain/c.ts': "import type { A } from './a.js';",
        'src/domain/d.ts': "import './a.js';",
      },
      'cycle: src/domain/a.ts -> src/domain/b.ts -> src/domain/c.ts -> src/domain/a.ts',
    ],
    [
      'a file that imports itself',
      { 'src/domain/a.ts': "import './a.js';" },
      'cycle: src/domain/a.ts -> src/domain/a.ts',
    ],
  ];
  for (const [name, files, expected] of planted) {
    it(`refuses ${name}`, () => assert.deepEqual(check(files), [expected]));
  }

  it('tells every cycle of a tangle that does not share a file with one told', () => {
    const faults = check({
      'src/domain/a.ts': "import './b.js';",
      'src/domain/b.ts': "import './a.js';",
      'src/ports/c.ts': "import './d.js';",
      'src/ports/d.ts': "import './c.js';",
    });
    assert.deepEqual(faults, [
      'cycle: src/domain/a.ts -> src/domain/b.ts -> src/domain/a.ts',
      'cycle: src/ports/c.ts -> src/ports/d.ts -> src/ports/c.ts',
    ]);
  });
});
