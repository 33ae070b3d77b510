/** Rows in, out, changed and found. */
import assert from 'node:assert/strict';
import { before, beforeEach, describe, it } from 'node:test';
import { TableInsertManyError, blob, date, duration, inet, time, uuid, vector } from '@datastax/astra-db-ts';
import BigNumber from 'bignumber.js';
import { newName, ownKeyspace, refused } from './place.mjs';

const someUuid = uuid('b48ef1c4-6b1e-4a32-8e0f-6d0c4f0d9b11');
const VALUES = {
  ascii: 'plain',
  bigint: 9_223_372_036_854_775_807n,
  blob: blob(Buffer.from([0, 1, 254, 255])),
  boolean: false,
  date: date('-0044-03-15'),
  decimal: new BigNumber('-12.12312321312312312312312321'),
  double: -1.5e-300,
  duration: duration('1y2mo25d5h6m7s8ms9us10ns'),
  float: 0.5,
  inet: inet('192.0.2.7'),
  int: -2_147_483_648,
  smallint: 32_767,
  text: 'naïve ☕ 𝕏',
  time: time('23:59:59.123456789'),
  timestamp: new Date('1969-12-31T23:59:59.999Z'),
  tinyint: -128,
  uuid: someUuid,
  varint: 12345678901234567890123456789012345678901234567890n,
};
const CONTAINERS = {
  set: [{ type: 'set', valueType: 'int' }, new Set([3, 1, 2]), new Set([1, 2, 3])],
  list: [{ type: 'list', valueType: 'text' }, ['b', 'a', 'b'], ['b', 'a', 'b']],
  map: [{ type: 'map', keyType: 'text', valueType: 'int' }, new Map([['k', 1]]), new Map([['k', 1]])],
  mapByNumber: [{ type: 'map', keyType: 'int', valueType: 'uuid' }, new Map([[7, someUuid]]), new Map([[7, someUuid]])],
  vector: [{ type: 'vector', dimension: 2 }, vector([0.5, -2.5]), vector([0.5, -2.5])],
};

describe('rows', () => {
  const database = ownKeyspace();
  let everything, plays;
  before(async () => {
    const scalars = Object.keys(VALUES).map((type) => [type, type]);
    const containers = Object.entries(CONTAINERS).map(([name, [definition]]) => [name, definition]);
    const columns = Object.fromEntries([['id', 'text'], ...scalars, ...containers]);
    everything = await database.createTable('everything', { definition: { columns, primaryKey: 'id' } });
    plays = await database.createTable('plays', {
      definition: {
        columns: {
          song: 'text', day: 'int', at: 'int', by: 'text', n: { type: 'map', keyType: 'text', valueType: 'int' },
          tags: { type: 'set', valueType: 'text' }, mood: { type: 'vector', dimension: 2 },
        },
        primaryKey: { partitionBy: ['song', 'day'], partitionSort: { at: -1 } },
      },
    });
    await plays.createVectorIndex('plays_mood', 'mood', { options: { metric: 'euclidean' } });
  });
  beforeEach(() => plays.deleteMany({}));

  for (const [type, value] of Object.entries(VALUES)) {
    it(`keep a value of type ${type}`, async () => {
      await everything.insertOne({ id: type, [type]: value });
      const found = (await everything.findOne({ id: type }))[type];
      // Numbers with many digits and values of the client's own classes are told apart by their text.
      const text = (each) => each.asBase64?.() ?? `${each}`;
      assert.equal(text(found), text(value));
      assert.equal(found.constructor, value.constructor);
    });
  }

  for (const [name, [, written, read]] of Object.entries(CONTAINERS)) {
    it(`keep a value of the column ${name}`, async () => {
      await everything.insertOne({ id: name, [name]: written });
      const found = (await everything.findOne({ id: name }))[name];
      assert.deepEqual(name === 'vector' ? found.asArray() : found, name === 'vector' ? read.asArray() : read);
    });
  }

  it('keep numbers that are none', async () => {
    for (const number of [NaN, Infinity, -Infinity]) {
      await everything.insertOne({ id: 'odd', double: number, float: number });
      const projection = { double: 1, float: 1 };
      assert.deepEqual(await everything.findOne({ id: 'odd' }, { projection }), { double: number, float: number });
    }
  });

  it('have empty containers and null where they have nothing', async () => {
    await everything.insertOne({ id: 'empty', text: null });
    const row = await everything.findOne({ id: 'empty' });
    assert.deepEqual([row.text, row.int, row.vector, row.list, row.set, row.map], [null, null, null, [], new Set(), new Map()]);
  });

  it('that do not fit are refused', async () => {
    await refused(() => everything.insertOne({ id: 'x', nothing: 1 }), 'UNKNOWN_TABLE_COLUMNS');
    await refused(() => everything.insertOne({ int: 1 }), 'MISSING_PRIMARY_KEY_COLUMNS');
    await refused(() => everything.insertOne({ id: 'x', tinyint: 128 }), 'INVALID_COLUMN_VALUES');
    await refused(() => everything.insertOne({ id: 'x', vector: vector([1, 2, 3]) }), 'INVALID_COLUMN_VALUES');
  });

  it('tell their key, and are written over column by column', async () => {
    const { insertedId } = await plays.insertOne({ at: 3, day: 1, song: 's', by: 'Ada' });
    assert.deepEqual(insertedId, { song: 's', day: 1, at: 3 });
    await plays.insertOne({ song: 's', day: 1, at: 3, tags: new Set(['x']) });
    const { by, tags } = await plays.findOne(insertedId);
    assert.deepEqual([by, tags], ['Ada', new Set(['x'])]);
  });

  it('go in by the hundred, side by side or in order', async () => {
    const rows = Array.from({ length: 130 }, (_, at) => ({ song: 's', day: at % 2, at }));
    assert.equal((await plays.insertMany(rows, { chunkSize: 20, concurrency: 4 })).insertedCount, 130);
    assert.equal((await plays.find({ song: 's', day: 1 }).toArray()).length, 65);
    const error = await plays
      .insertMany([{ song: 't', day: 1, at: 1 }, { song: 't', day: 'one', at: 2 }, { song: 't', day: 1, at: 3 }], { ordered: true })
      .catch((error) => error);
    assert.ok(error instanceof TableInsertManyError, error);
    assert.deepEqual(error.insertedIds(), [{ song: 't', day: 1, at: 1 }]);
    assert.equal(error.errors()[0].errorDescriptors[0].errorCode, 'INVALID_COLUMN_VALUES');
  });

  it('are set, unset, pushed to and pulled from', async () => {
    const key = { song: 's', day: 1, at: 3 };
    await plays.updateOne(key, { $set: { by: 'Ada', tags: new Set(['a']), n: new Map([['x', 1]]) } }); // there was no such row
    await plays.updateOne(key, { $push: { tags: 'b', n: ['y', 2] } });
    let row = await plays.findOne(key);
    assert.deepEqual([row.tags, row.n], [new Set(['a', 'b']), new Map([['x', 1], ['y', 2]])]);
    await plays.updateOne(key, { $pullAll: { tags: ['a'], n: ['x'] }, $unset: { by: '' } });
    row = await plays.findOne(key);
    assert.deepEqual([row.by, row.tags, row.n], [null, new Set(['b']), new Map([['y', 2]])]);
    await refused(() => plays.updateOne({ song: 's', day: 1 }, { $set: { by: 'x' } }), 'MISSING_FULL_PRIMARY_KEY_FOR_UPDATE_DELETE');
    await refused(() => plays.updateOne(key, { $inc: { by: 1 } }), 'UNSUPPORTED_UPDATE_OPERATIONS_FOR_TABLE');
    await refused(() => plays.updateOne(key, { $set: { at: 4 } }), 'UNSUPPORTED_UPDATE_FOR_PRIMARY_KEY_COLUMNS');
  });

  it('are found by key, by column and by vector, in order, page by page', async () => {
    const rows = Array.from({ length: 60 }, (_, at) => ({ song: 's', day: 1, at, by: at % 2 ? 'odd' : 'even', mood: vector([at, 0]) }));
    await plays.insertMany(rows);
    const at = async (cursor) => (await cursor.toArray()).map((row) => row.at);
    const day = { song: 's', day: 1 };
    assert.deepEqual(await at(plays.find({ ...day, at: { $gte: 57 } })), [59, 58, 57]);
    assert.deepEqual(await at(plays.find({ ...day, by: 'odd', at: { $lt: 4 } })), [3, 1]);
    assert.deepEqual(await at(plays.find({ ...day, $or: [{ at: 7 }, { at: { $in: [9, 99] } }] })), [9, 7]);
    assert.deepEqual((await at(plays.find(day).sort({ at: 1 }))).length, 60);
    assert.deepEqual(await at(plays.find(day).sort({ by: 1, at: 1 }).skip(1).limit(2)), [2, 4]);
    const first = await plays.find(day).fetchNextPage();
    const rest = await plays.find(day).initialPageState(first.nextPageState).fetchNextPage();
    assert.deepEqual([first.result.length, rest.result.length, rest.nextPageState], [50, 10, null]);

    const near = plays.find({}).sort({ mood: vector([23, 0]) }).limit(1).includeSimilarity(true).includeSortVector(true);
    assert.deepEqual((await near.getSortVector()).asArray(), [23, 0]);
    assert.deepEqual((await near.toArray()).map((row) => [row.at, row.$similarity]), [[23, 1]]);
    assert.deepEqual(await plays.findOne({ ...day, at: 5 }, { projection: { by: 1 } }), { by: 'odd' });
    assert.equal(await plays.findOne({ ...day, at: 99 }), null);
    await refused(() => plays.findOne({ nothing: 1 }), 'UNKNOWN_TABLE_COLUMNS');
    await refused(() => plays.findOne({ tags: { $eq: ['x'] } }), 'INVALID_MAP_SET_LIST_FILTER');
  });

  it('come with warnings where finding them is slow', async () => {
    const warnings = [];
    const watched = database.table('plays', { logging: [{ events: 'commandWarnings', emits: 'event' }] });
    watched.on('commandWarnings', (event) => warnings.push(...event.warnings.map((each) => each.errorCode)));
    await watched.findOne({ song: 's', day: 1 });
    assert.deepEqual(warnings, []);
    await watched.findOne({});
    await watched.findOne({ by: 'Ada' });
    assert.deepEqual(warnings, ['ZERO_FILTER_OPERATIONS', 'MISSING_INDEX']);
  });

  it('are deleted by key, by range and altogether', async () => {
    await plays.insertMany([1, 2].flatMap((day) => [1, 2, 3].map((at) => ({ song: 's', day, at }))));
    await plays.deleteOne({ song: 's', day: 1, at: 1 });
    await plays.deleteMany({ song: 's', day: 2, at: { $gt: 1 } });
    const left = (await plays.find({}).toArray()).map(({ day, at }) => `${day}.${at}`).sort();
    assert.deepEqual(left, ['1.2', '1.3', '2.1']);
    await refused(() => plays.deleteMany({ song: 's' }), 'INVALID_PRIMARY_KEY_FILTER');
    await plays.deleteMany({});
    assert.deepEqual(await plays.find({}).toArray(), []);
  });

  it('hold types of ones own', async () => {
    const type = newName();
    await database.createType(type, { definition: { fields: { street: 'text', number: 'int' } } });
    const udt = { type: 'userDefined', udtName: type };
    const columns = { id: 'int', home: udt, others: { type: 'list', valueType: udt } };
    const homes = await database.createTable(newName(), { definition: { columns, primaryKey: 'id' } });
    await homes.insertOne({ id: 1, home: { street: 'Main Street', number: 7 }, others: [{ street: 'Side Street' }] });
    const { home, others } = await homes.findOne({ id: 1 });
    assert.deepEqual([{ ...home }, others.length, others[0].street], [{ street: 'Main Street', number: 7 }, 1, 'Side Street']);
    await homes.updateOne({ id: 1 }, { $set: { home: { street: 'Elsewhere' } } });
    assert.equal((await homes.findOne({ id: 1 })).home.street, 'Elsewhere');
    await refused(() => homes.insertOne({ id: 2, home: { planet: 'Mars' } }), 'INVALID_COLUMN_VALUES');
  });
});
