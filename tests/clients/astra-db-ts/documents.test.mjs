/** Documents in and out: values, inserts in bulk, updates, deletions. */
import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'node:test';
import {
  CollectionInsertManyError,
  CollectionUpdateManyError,
  DataAPITimeoutError,
  ObjectId,
  uuid,
} from '@datastax/astra-db-ts';
import BigNumber from 'bignumber.js';
import { ids, newName, ownKeyspace, refused } from './place.mjs';

const range = (from, to) => Array.from({ length: to - from }, (_, n) => from + n);

describe('documents', () => {
  const database = ownKeyspace();
  let collection;
  beforeEach(async () => (collection = await database.createCollection(newName())));
  afterEach(() => collection.drop());

  describe('come back as they went in', () => {
    for (const [what, value] of Object.entries({
      null: null,
      'a text': 'naïve ☕ 𝕏 \u0000 "quoted" \\',
      'a fraction': -12.5,
      'lists in lists': [[], [[1], [null]], {}],
      'a moment': new Date('2024-02-29T23:59:59.999Z'),
      'a moment long ago': new Date(-62_000_000_000_000),
      'a random UUID': uuid.v4(),
      'a sortable UUID': uuid.v7(),
      'an object id': new ObjectId('65f9cfa0d7fabb3f255c25a1'),
    })) {
      it(what, async () => {
        const { insertedId } = await collection.insertOne({ v: value, at: { depth: [value] } });
        assert.deepEqual(await collection.findOne({ _id: insertedId }), { _id: insertedId, v: value, at: { depth: [value] } });
      });
    }

    it('numbers to the last digit', async () => {
      const exact = database.collection(collection.name, {
        serdes: { enableBigNumbers: { long: 'bigint', '*': 'bignumber' } },
      });
      const decimal = new BigNumber('12.12312321312312312312312321');
      await exact.insertOne({ _id: 'n', long: 9_000_000_000_000_000_123n, decimal, negative: decimal.negated() });
      const found = await exact.findOne({ decimal, long: 9_000_000_000_000_000_123n });
      assert.equal(found.long, 9_000_000_000_000_000_123n);
      assert.ok(found.decimal.eq(decimal) && found.negative.eq(decimal.negated()), `${found.decimal}`);
      assert.equal(await exact.findOne({ decimal: { $gt: decimal } }), null);
    });

    for (const id of ['text', 7, 1.5, true, null, uuid.v4(), new ObjectId(), new Date(1_700_000_000_000)]) {
      it(`under the id ${id}`, async () => {
        assert.deepEqual((await collection.insertOne({ _id: id })).insertedId, id);
        assert.deepEqual(await collection.findOne({ _id: id }), { _id: id });
        assert.equal((await collection.deleteOne({ _id: id })).deletedCount, 1);
      });
    }
  });

  it('go in by the hundred, in order', async () => {
    const documents = range(0, 250).map((n) => ({ _id: n }));
    const { insertedCount, insertedIds } = await collection.insertMany(documents, { ordered: true, chunkSize: 40 });
    assert.deepEqual([insertedCount, insertedIds], [250, range(0, 250)]);
    assert.equal(await collection.countDocuments({}, 1000), 250);
  });

  it('go in side by side', async () => {
    const documents = range(0, 250).map((n) => ({ _id: n }));
    const { insertedIds } = await collection.insertMany(documents, { chunkSize: 20, concurrency: 5 });
    assert.deepEqual(insertedIds.sort((a, b) => a - b), range(0, 250));
  });

  it('in order stop at the first that cannot go in', async () => {
    const error = await collection
      .insertMany([1, 2, 3, 2, 4].map((_id) => ({ _id })), { ordered: true })
      .catch((error) => error);
    assert.ok(error instanceof CollectionInsertManyError, error);
    assert.deepEqual(error.insertedIds(), [1, 2, 3]);
    assert.equal(error.errors()[0].errorDescriptors[0].errorCode, 'DOCUMENT_ALREADY_EXISTS');
    assert.deepEqual(ids(await collection.find({}).toArray()), [1, 2, 3]);
  });

  it('side by side leave out only those that cannot go in', async () => {
    const error = await collection
      .insertMany([{ _id: 1 }, { _id: 1 }, { _id: 2 }, { _id: 3, '': 'no name' }], { chunkSize: 2 })
      .catch((error) => error);
    assert.deepEqual(error.insertedIds().sort(), [1, 2]);
    const codes = error.errors().flatMap((each) => each.errorDescriptors.map((one) => one.errorCode)).sort();
    assert.deepEqual(codes, ['DOCUMENT_ALREADY_EXISTS', 'SHRED_BAD_FIELD_NAME']);
  });

  const start = { n: 10, s: 'text', list: [1, 2, 3], o: { a: 1 } };
  for (const [update, change] of [
    [{ $set: { s: 'new', 'o.b': [1] } }, { s: 'new', o: { a: 1, b: [1] } }],
    [{ $unset: { s: '', 'o.a': '' } }, { s: undefined, o: {} }],
    [{ $inc: { n: -3, new: 1.5 } }, { n: 7, new: 1.5 }],
    [{ $mul: { n: 1.5 } }, { n: 15 }],
    [{ $min: { n: 3 }, $max: { 'o.a': 5 } }, { n: 3, o: { a: 5 } }],
    [{ $rename: { s: 'title' } }, { s: undefined, title: 'text' }],
    [{ $push: { list: { $each: [8, 9], $position: 1 } } }, { list: [1, 8, 9, 2, 3] }],
    [{ $addToSet: { list: { $each: [3, 4] } } }, { list: [1, 2, 3, 4] }],
    [{ $pop: { list: -1 } }, { list: [2, 3] }],
    [{ $set: { n: 10 }, $setOnInsert: { s: 'other' } }, {}],
  ]) {
    it(`are changed by ${JSON.stringify(update)}`, async () => {
      await collection.insertOne({ _id: 1, ...start });
      const expected = JSON.parse(JSON.stringify({ _id: 1, ...start, ...change }));
      const { matchedCount, modifiedCount } = await collection.updateOne({ _id: 1 }, update);
      assert.deepEqual(await collection.findOne({}), expected);
      assert.deepEqual([matchedCount, modifiedCount], [1, Object.keys(change).length ? 1 : 0]);
    });
  }

  it('are made by an upsert', async () => {
    const made = await collection.updateOne({ _id: 'u', kind: 'a' }, { $set: { n: 1 } }, { upsert: true });
    assert.deepEqual(made, { matchedCount: 0, modifiedCount: 0, upsertedCount: 1, upsertedId: 'u' });
    assert.deepEqual(await collection.findOne({}), { _id: 'u', kind: 'a', n: 1 });
    assert.equal((await collection.updateOne({ _id: 'nobody' }, { $set: { n: 1 } })).upsertedCount, 0);
  });

  it('are updated by the hundred, and a failure tells how far it came', async () => {
    await collection.insertMany(range(0, 120).map((n) => ({ _id: n, n })));
    const { matchedCount, modifiedCount } = await collection.updateMany({ n: { $gte: 10 } }, { $inc: { n: 1000 } });
    assert.deepEqual([matchedCount, modifiedCount], [110, 110]);
    await collection.updateOne({ _id: 5 }, { $set: { n: 'text' } });
    const error = await collection.updateMany({}, { $inc: { n: 1 } }).catch((error) => error);
    assert.ok(error instanceof CollectionUpdateManyError, error);
    assert.ok(error.partialResult.modifiedCount < 120);
    assert.equal(error.cause.errorDescriptors[0].errorCode, 'UNSUPPORTED_UPDATE_OPERATION_TARGET');
  });

  it('are found and changed in one step', async () => {
    await collection.insertOne({ _id: 1, n: 1 });
    const bump = { $inc: { n: 1 } };
    assert.deepEqual(await collection.findOneAndUpdate({ _id: 1 }, bump), { _id: 1, n: 1 });
    const after = { returnDocument: 'after', projection: { n: true, _id: false } };
    assert.deepEqual(await collection.findOneAndUpdate({}, bump, after), { n: 3 });
    assert.deepEqual(await collection.findOneAndReplace({}, { v: 1 }, { returnDocument: 'after' }), { _id: 1, v: 1 });
    const replaced = await collection.replaceOne({ _id: 2 }, { v: 2 }, { upsert: true });
    assert.deepEqual([replaced.matchedCount, replaced.upsertedId], [0, 2]);
    assert.deepEqual(await collection.findOneAndDelete({}, { sort: { v: -1 } }), { _id: 2, v: 2 });
    assert.equal(await collection.findOneAndDelete({ _id: 2 }), null);
  });

  it('are not changed by an update that cannot be', async () => {
    await collection.insertOne({ _id: 1, ...start });
    await refused(() => collection.updateOne({}, { $inc: { s: 1 } }), 'UNSUPPORTED_UPDATE_OPERATION_TARGET');
    await refused(() => collection.updateOne({}, { $bump: { n: 1 } }), 'UNSUPPORTED_UPDATE_OPERATION');
    await refused(() => collection.updateOne({}, { $set: { _id: 2 } }), 'UNSUPPORTED_UPDATE_OPERATOR_FOR_DOC_ID');
    assert.deepEqual(await collection.findOne({}), { _id: 1, ...start });
  });

  it('are deleted by one, by many and altogether', async () => {
    await collection.insertMany(range(0, 100).map((n) => ({ _id: n, n, even: n % 2 === 0 })));
    assert.equal((await collection.deleteOne({}, { sort: { n: -1 } })).deletedCount, 1);
    assert.equal((await collection.deleteMany({ even: true })).deletedCount, 50);
    assert.equal(await collection.countDocuments({}, 100), 49);
    assert.equal((await collection.deleteMany({})).deletedCount, -1);
    assert.deepEqual(await collection.find({}).toArray(), []);
  });

  it('are not waited for longer than the client has time', async () => {
    const documents = range(0, 2000).map(() => ({ text: 'x'.repeat(7000) }));
    const error = await collection.insertMany(documents, { timeout: 1 }).catch((error) => error);
    assert.ok(error instanceof DataAPITimeoutError || error.errors?.()[0] instanceof DataAPITimeoutError, error);
  });
});
