/** Tables, their columns, indexes and types: made, changed, listed, dropped. */
import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import { newName, ownKeyspace, refused } from './place.mjs';

const DEFINITION = {
  columns: {
    match: { type: 'text' },
    round: { type: 'tinyint' },
    score: { type: 'int' },
    when: { type: 'timestamp' },
    winner: { type: 'text' },
    fighters: { type: 'set', valueType: 'uuid' },
    notes: { type: 'list', valueType: 'text' },
    points: { type: 'map', keyType: 'text', valueType: 'int' },
    mood: { type: 'vector', dimension: 3 },
  },
  primaryKey: { partitionBy: ['match'], partitionSort: { round: 1, score: -1 } },
};

describe('table schema', () => {
  const database = ownKeyspace();
  const name = newName();
  let table;
  before(async () => (table = await database.createTable(name, { definition: DEFINITION })));

  it('lists a table as it was made', async () => {
    const { columns, primaryKey } = await table.definition();
    assert.deepEqual(primaryKey, DEFINITION.primaryKey);
    const { apiSupport, ...mood } = columns.mood;
    assert.deepEqual({ ...columns, mood }, DEFINITION.columns);
    assert.deepEqual([apiSupport.filter, apiSupport.cqlDefinition], [false, 'vector<float, 3>']);
    assert.deepEqual(await database.listTables({ nameOnly: true }), [name]);
    assert.deepEqual(await database.listTables(), [{ name, definition: { columns, primaryKey } }]);
    assert.deepEqual(await database.listCollections(), []);
  });

  it('makes it once', async () => {
    await refused(() => database.createTable(name, { definition: DEFINITION }), 'CANNOT_ADD_EXISTING_TABLE');
    await database.createTable(name, { definition: DEFINITION, ifNotExists: true });
  });

  it('takes columns of every type', async () => {
    const types = ['ascii', 'bigint', 'blob', 'boolean', 'date', 'decimal', 'double', 'duration', 'float', 'inet', 'int',
      'smallint', 'text', 'time', 'timestamp', 'tinyint', 'uuid', 'varint'];
    const columns = Object.fromEntries([['id', 'text'], ...types.map((type) => [`a_${type}`, type])]);
    const all = await database.createTable(newName(), { definition: { columns, primaryKey: 'id' } });
    const found = Object.entries((await all.definition()).columns);
    assert.deepEqual(Object.fromEntries(found.map(([column, { type }]) => [column, type])), columns);
    await all.drop();
  });

  for (const [what, definition, code] of [
    ['a counter', { columns: { id: 'text', c: 'counter' }, primaryKey: 'id' }, 'UNSUPPORTED_DATA_TYPE_TABLE_CREATION'],
    ['a type that is none', { columns: { id: 'string' }, primaryKey: 'id' }, 'UNKNOWN_PRIMITIVE_DATA_TYPE'],
    ['a key that is none', { columns: { id: 'text' }, primaryKey: 'other' }, 'UNKNOWN_PARTITION_COLUMNS'],
    ['a map of nothing', { columns: { id: 'text', m: { type: 'map' } }, primaryKey: 'id' }, 'UNSUPPORTED_MAP_DEFINITION'],
    ['a vector of no size', { columns: { id: 'text', v: { type: 'vector' } }, primaryKey: 'id' },
      'MISSING_DIMENSION_IN_VECTOR_COLUMN'],
  ]) {
    it(`refuses ${what}`, () => refused(() => database.createTable(newName(), { definition }), code));
  }

  it('adds and drops columns', async () => {
    const altered = await table.alter({ operation: { add: { columns: { tie: 'boolean' } } } });
    assert.deepEqual((await altered.definition()).columns.tie, { type: 'boolean' });
    await altered.alter({ operation: { drop: { columns: ['tie'] } } });
    assert.ok(!('tie' in (await table.definition()).columns));
    for (const [operation, code] of [
      [{ add: { columns: { score: 'int' } } }, 'CANNOT_ADD_EXISTING_COLUMNS'],
      [{ drop: { columns: ['round'] } }, 'CANNOT_DROP_PRIMARY_KEY_COLUMNS'],
      [{ drop: { columns: ['nothing'] } }, 'CANNOT_DROP_UNKNOWN_COLUMNS'],
      [{ addVectorize: { columns: { score: { provider: 'openai', modelName: 'text-embedding-3-small' } } } },
        'CANNOT_VECTORIZE_NON_VECTOR_COLUMNS'],
    ]) {
      await refused(() => table.alter({ operation }), code);
    }
  });

  it('makes, lists and drops indexes of every kind', async () => {
    await table.createIndex('i_winner', 'winner', { options: { caseSensitive: false, normalize: true } });
    await table.createIndex('i_fighters', 'fighters');
    await table.createIndex('i_points', { points: '$keys' });
    await table.createVectorIndex('i_mood', 'mood', { options: { metric: 'dot_product', sourceModel: 'ada002' } });
    await table.createTextIndex('i_notes', 'winner').then(assert.fail, (error) => assert.ok(error)); // it has one already
    const listed = Object.fromEntries((await table.listIndexes()).map(({ name, indexType, definition }) => [name, [indexType, definition]]));
    assert.deepEqual(listed, {
      i_winner: ['regular', { column: 'winner', options: { ascii: false, caseSensitive: false, normalize: true } }],
      i_fighters: ['regular', { column: { fighters: '$values' }, options: {} }],
      i_points: ['regular', { column: { points: '$keys' }, options: {} }],
      i_mood: ['vector', { column: 'mood', options: { metric: 'dot_product', sourceModel: 'ada002' } }],
    });
    assert.deepEqual((await table.listIndexes({ nameOnly: true })).sort(), Object.keys(listed).sort());
    await refused(() => table.createIndex('i_winner', 'winner'), 'CANNOT_ADD_EXISTING_INDEX');
    await table.createIndex('i_winner', 'winner', { ifNotExists: true });
    await database.dropTableIndex('i_winner');
    await refused(() => database.dropTableIndex('i_winner'), 'CANNOT_DROP_UNKNOWN_INDEX');
    await database.dropTableIndex('i_winner', { ifExists: true });
    await refused(() => table.createIndex('wrong', 'nothing'), 'UNKNOWN_INDEX_COLUMN');
    await refused(() => table.createIndex('wrong', 'mood'), 'UNSUPPORTED_INDEXING_FOR_DATA_TYPES');
    await refused(() => table.createVectorIndex('wrong', 'when'), 'UNSUPPORTED_VECTOR_INDEX_FOR_DATA_TYPES');
  });

  it('makes, changes, lists and drops types', async () => {
    const fields = { street: { type: 'text' }, number: { type: 'int' } };
    await database.createType('address', { definition: { fields } });
    await refused(() => database.createType('address', { definition: { fields } }), 'CANNOT_ADD_EXISTING_TYPE');
    await database.createType('address', { definition: { fields }, ifNotExists: true });
    await database.alterType('address', { operation: { rename: { fields: { number: 'no' } } } });
    await database.alterType('address', { operation: { add: { fields: { door: 'text' } } } });
    assert.deepEqual(await database.listTypes({ nameOnly: true }), ['address']);
    const [listed] = await database.listTypes();
    assert.deepEqual(Object.keys(listed.definition.fields), ['street', 'no', 'door']);

    const columns = { id: 'int', home: { type: 'userDefined', udtName: 'address' } };
    const homes = await database.createTable('homes', { definition: { columns, primaryKey: 'id' } });
    await refused(() => database.dropType('address'), 'CANNOT_DROP_TYPE_USED_BY_TABLE');
    await homes.drop();
    await database.dropType('address');
    await refused(() => database.dropType('address'), 'CANNOT_DROP_UNKNOWN_TYPE');
    await database.dropType('address', { ifExists: true });
  });

  it('drops a table', async () => {
    await table.drop();
    await refused(() => table.drop(), 'CANNOT_DROP_UNKNOWN_TABLE');
    await table.drop({ ifExists: true });
  });
});
