/** Documents found: filters, order, pages, projections, cursors, counts, vectors. */
import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import { CursorError, DataAPIVector, TooManyDocumentsToCountError, vector } from '@datastax/astra-db-ts';
import { ids, newName, ownKeyspace, refused } from './place.mjs';

const ALBUMS = [
  { _id: 1, by: 'Nina', year: 1965, tags: ['jazz', 'soul'], label: { city: 'New York' }, rating: 4.5, out: new Date('1965-06-01') },
  { _id: 2, by: 'Miles', year: 1959, tags: ['jazz'], label: { city: 'New York', name: 'C' }, rating: 5, out: new Date('1959-08-17') },
  { _id: 3, by: 'Björk', year: 1997, tags: [], label: null, rating: null },
  { _id: 4, by: 'Anna', tags: ['pop', 'jazz', 'live'], songs: [{ name: 'One' }, { name: 'Two' }] },
];

describe('finding', () => {
  const database = ownKeyspace();
  let albums, numbers, points;
  before(async () => {
    albums = await database.createCollection('albums');
    await albums.insertMany(ALBUMS);
    numbers = await database.createCollection('numbers');
    await numbers.insertMany(Array.from({ length: 130 }, (_, n) => ({ n, parity: n % 2 ? 'odd' : 'even' })));
    points = await database.createCollection('points', { vector: { dimension: 3, metric: 'cosine' } });
    await points.insertMany([
      { _id: 'right', $vector: vector([1, 0, 0]) },
      { _id: 'almost', $vector: [0.9, 0.1, 0] },
      { _id: 'left', $vector: [-1, 0, 0] },
    ]);
  });

  for (const [filter, expected] of [
    [{}, [1, 2, 3, 4]],
    [{ by: { $ne: 'Nina' } }, [2, 3, 4]],
    [{ year: { $gte: 1959, $lt: 1997 } }, [1, 2]],
    [{ year: { $gt: 1959 } }, [1, 3]],
    [{ year: { $lte: 1959 } }, [2]],
    [{ out: { $lt: new Date('1960-01-01') } }, [2]],
    [{ by: { $in: ['Anna', 'Nina', 'Nobody'] } }, [1, 4]],
    [{ by: { $nin: ['Anna', 'Nina'] } }, [2, 3]],
    [{ year: { $exists: false } }, [4]],
    [{ label: null }, [3]],
    [{ tags: 'jazz' }, [1, 2, 4]],
    [{ tags: { $all: ['jazz', 'live'] } }, [4]],
    [{ tags: { $size: 0 } }, [3]],
    [{ 'label.city': 'New York' }, [1, 2]],
    [{ label: { city: 'New York' } }, [1]],
    [{ 'songs.1.name': 'Two' }, [4]],
    [{ $or: [{ by: 'Nina' }, { rating: 5 }] }, [1, 2]],
    [{ $and: [{ tags: 'jazz' }, { year: { $lt: 1960 } }] }, [2]],
    [{ $not: { tags: 'jazz' } }, [3]],
  ]) {
    it(`by ${JSON.stringify(filter)}`, async () => {
      assert.deepEqual(ids(await albums.find(filter).toArray()), expected);
      assert.equal(await albums.countDocuments(filter, 10), expected.length);
    });
  }

  it('refuses a filter that means nothing', async () => {
    await refused(() => albums.findOne({ year: { $near: 1 } }), 'FILTER_UNSUPPORTED_OPERATOR');
    await refused(() => albums.findOne({ tags: { $size: -1 } }), 'FILTER_INVALID_EXPRESSION');
  });

  it('goes on over pages, and one at a time', async () => {
    assert.equal((await numbers.find({}).toArray()).length, 130);
    assert.equal((await numbers.find({}).limit(70).toArray()).length, 70);
    const sizes = [];
    let state;
    do {
      const page = await numbers.find({}).initialPageState(state).fetchNextPage();
      sizes.push(page.result.length);
      state = page.nextPageState ?? undefined;
    } while (state);
    assert.deepEqual(sizes, [50, 50, 30]);
  });

  it('puts in order', async () => {
    const found = await numbers.find({}).sort({ parity: 1, n: -1 }).limit(3).toArray();
    assert.deepEqual(found.map((each) => each.n), [128, 126, 124]);
    assert.deepEqual((await numbers.find({}).sort({ n: 1 }).skip(7).limit(2).toArray()).map((each) => each.n), [7, 8]);
    await refused(() => numbers.find({}).skip(7).toArray(), 'COMMAND_FIELD_VALUE_INVALID');
  });

  it('is mapped, looked into, rewound and cloned', async () => {
    const cursor = numbers.find({ parity: 'odd' }).sort({ n: 1 }).limit(4).map((each) => each.n);
    assert.ok(await cursor.hasNext());
    assert.equal(await cursor.next(), 1);
    assert.deepEqual([cursor.state, cursor.consumed(), cursor.buffered()], ['started', 1, 3]);
    assert.throws(() => cursor.limit(9), CursorError);
    assert.deepEqual(await cursor.clone().toArray(), [1, 3, 5, 7]);
    assert.deepEqual(await cursor.toArray(), [3, 5, 7]);
    cursor.rewind();
    const seen = [];
    for await (const n of cursor) seen.push(n);
    assert.deepEqual([seen, cursor.state], [[1, 3, 5, 7], 'closed']);
  });

  for (const [projection, expected] of [
    [{ by: 1, _id: 0 }, { by: 'Miles' }],
    [{ tags: 0, out: 0, label: 0, rating: 0 }, { _id: 2, by: 'Miles', year: 1959 }],
    [{ 'label.name': 1 }, { _id: 2, label: { name: 'C' } }],
    [{ tags: { $slice: 1 }, by: 1 }, { _id: 2, tags: ['jazz'], by: 'Miles' }],
  ]) {
    it(`takes ${JSON.stringify(projection)} of a document`, async () => {
      assert.deepEqual(await albums.findOne({ _id: 2 }, { projection }), expected);
    });
  }

  it('tells values apart and counts', async () => {
    assert.deepEqual((await numbers.distinct('parity', {})).sort(), ['even', 'odd']);
    assert.deepEqual((await albums.distinct('tags', {})).sort(), ['jazz', 'live', 'pop', 'soul']);
    const error = await numbers.countDocuments({}, 129).catch((error) => error);
    assert.ok(error instanceof TooManyDocumentsToCountError, error);
    assert.deepEqual([error.limit, error.hitServerLimit], [129, false]);
    assert.ok((await numbers.estimatedDocumentCount()) >= 0);
  });

  it('counts no further than the server does', async () => {
    const many = await database.createCollection(newName());
    await many.insertMany(Array.from({ length: 1001 }, (_, n) => ({ _id: n })), { chunkSize: 100, concurrency: 2 });
    const error = await many.countDocuments({}, 5000).catch((error) => error);
    assert.ok(error.hitServerLimit, error);
  });

  it('finds the nearest vectors first', async () => {
    const cursor = points.find({}).sort({ $vector: [1, 0, 0] }).includeSimilarity(true).includeSortVector(true);
    assert.deepEqual((await cursor.getSortVector()).asArray(), [1, 0, 0]);
    const found = await cursor.toArray();
    assert.deepEqual(found.map((each) => each._id), ['right', 'almost', 'left']);
    assert.deepEqual(found.map((each) => Number(each.$similarity.toFixed(6))), [1, 0.996942, 0]);
    assert.equal(found[0].$similarity, 1);
    assert.ok(!('$vector' in found[0]));
    const shown = await points.findOne({ _id: 'almost' }, { projection: { $vector: 1 } });
    assert.ok(shown.$vector instanceof DataAPIVector);
    assert.deepEqual(shown.$vector.asFloat32Array(), new Float32Array([0.9, 0.1, 0]));
    await refused(() => points.findOne({}, { sort: { $vector: [1, 0] } }), 'INVALID_VECTOR_LENGTH');
    await refused(() => points.insertOne({ $vectorize: 'a text' }), 'EMBEDDING_SERVICE_NOT_CONFIGURED');
  });

  it('says that hybrid search needs what embeds', () =>
    refused(
      () => points.findAndRerank({}).sort({ $hybrid: 'a green tree' }).toArray(),
      'UNSUPPORTED_VECTORIZE_SORT_FOR_COLLECTION',
    ));
});
