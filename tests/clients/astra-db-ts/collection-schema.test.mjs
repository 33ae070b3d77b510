/** Collections and the options they are made with. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ObjectId, UUID } from '@datastax/astra-db-ts';
import { newName, ownKeyspace, refused } from './place.mjs';

describe('collection schema', () => {
  const database = ownKeyspace();

  it('lists a collection with every option as it was made', async () => {
    const name = newName();
    const definition = {
      vector: { dimension: 3, metric: 'euclidean', sourceModel: 'ada002' },
      indexing: { deny: ['blob', 'notes.raw'] },
      defaultId: { type: 'uuidv7' },
      lexical: { enabled: false },
      rerank: { enabled: false },
    };
    const collection = await database.createCollection(name, definition);
    assert.deepEqual(await collection.options(), definition);
    assert.deepEqual(await database.listCollections(), [{ name, definition }]);
    assert.deepEqual(await database.listCollections({ nameOnly: true }), [name]);
    await database.createCollection(name, definition); // once more changes nothing
    await refused(
      () => database.createCollection(name, { vector: { dimension: 4 } }),
      'EXISTING_COLLECTION_DIFFERENT_SETTINGS',
    );
    await collection.drop();
    await database.dropCollection(name); // nothing is there, and that is what was asked for
    await refused(() => collection.insertOne({}), 'UNKNOWN_COLLECTION_OR_TABLE');
  });

  for (const [type, isSuch] of [
    [undefined, (id) => typeof id === 'string' && new UUID(id).version === 4],
    ['objectId', (id) => id instanceof ObjectId],
    ['uuid', (id) => id instanceof UUID && id.version === 4],
    ['uuidv6', (id) => id instanceof UUID && id.version === 6],
    ['uuidv7', (id) => id instanceof UUID && id.version === 7],
  ]) {
    it(`gives documents ids of the kind ${type}`, async () => {
      const collection = await database.createCollection(newName(), type && { defaultId: { type } });
      const { insertedId } = await collection.insertOne({ n: 1 });
      assert.ok(isSuch(insertedId), `${insertedId}`);
      assert.deepEqual(await collection.findOne({ _id: insertedId }), { _id: insertedId, n: 1 });
      const { upsertedId } = await collection.updateOne({ n: 2 }, { $set: { m: 3 } }, { upsert: true });
      assert.ok(isSuch(upsertedId), `${upsertedId}`);
      await collection.drop();
    });
  }

  it('answers only for the paths that are indexed', async () => {
    const collection = await database.createCollection(newName(), { indexing: { allow: ['city'] } });
    await collection.insertOne({ _id: 1, city: 'Lund', text: 'x'.repeat(9000) });
    assert.equal((await collection.findOne({ city: 'Lund' }))._id, 1);
    await refused(() => collection.findOne({ text: 'y' }), 'FILTER_PATH_UNINDEXED');
    await refused(() => collection.findOne({}, { sort: { text: 1 } }), 'SORT_CLAUSE_PATH_UNINDEXED');
    await collection.drop();
  });

  for (const [what, definition, code] of [
    ['a vector of no size', { vector: { metric: 'cosine' } }, 'INVALID_CREATE_COLLECTION_OPTIONS'],
    ['a vector too long', { vector: { dimension: 5000 } }, 'VECTOR_SEARCH_TOO_BIG_VALUE'],
    ['both kinds of indexing', { indexing: { allow: ['a'], deny: ['b'] } }, 'INVALID_INDEXING_DEFINITION'],
    ['ids of no kind', { defaultId: { type: 'serial' } }, 'COMMAND_FIELD_VALUE_INVALID'],
  ]) {
    it(`refuses ${what}`, () => refused(() => database.createCollection(newName(), definition), code));
  }

  it('says so when it has no search by words', async () => {
    const name = newName();
    const made = await database.createCollection(name, { lexical: { enabled: true, analyzer: 'standard' } }).catch((e) => e);
    if (made instanceof Error) {
      assert.equal(made.errorDescriptors[0].errorCode, 'LEXICAL_FEATURE_NOT_ENABLED');
      return;
    }
    await made.insertMany([{ _id: 1, $lexical: 'a green tree' }, { _id: 2, $lexical: 'a red house' }]);
    assert.deepEqual((await made.find({ $lexical: { $match: 'tree' } }).toArray()).map((each) => each._id), [1]);
  });
});
