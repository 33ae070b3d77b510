/** Keyspaces, providers, and who may come in. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { StaticTokenProvider, UsernamePasswordTokenProvider } from '@datastax/astra-db-ts';
import { connect, newName, ownKeyspace, refused } from './place.mjs';

describe('administration', () => {
  const database = ownKeyspace();
  const admin = database.admin({ environment: 'hcd' });

  it('creates, lists, uses and drops a keyspace', async () => {
    const name = newName();
    await admin.createKeyspace(name, { replication: { class: 'SimpleStrategy', replicationFactor: 1 } });
    assert.ok((await admin.listKeyspaces()).includes(name));
    await admin.createKeyspace(name); // once more changes nothing
    assert.deepEqual(await database.listCollections({ keyspace: name }), []);
    assert.deepEqual(await database.listTables({ keyspace: name }), []);
    await admin.dropKeyspace(name);
    assert.ok(!(await admin.listKeyspaces()).includes(name));
    await refused(() => database.listCollections({ keyspace: name }), 'UNKNOWN_KEYSPACE');
    await refused(() => admin.createKeyspace('not-a-name'), 'UNSUPPORTED_SCHEMA_NAME');
  });

  it('lists what embeds and reranks', async () => {
    const { rerankingProviders } = await admin.findRerankingProviders();
    const usual = rerankingProviders.nvidia.models.filter((model) => model.isDefault);
    assert.deepEqual(usual.map((model) => model.name), ['nvidia/llama-3.2-nv-rerankqa-1b-v2']);
    const { embeddingProviders } = await admin.findEmbeddingProviders();
    assert.ok(!('nobody' in embeddingProviders));
    await refused(
      () => database.createCollection(newName(), { vector: { service: { provider: 'nobody', modelName: 'none' } } }),
      'INVALID_CREATE_COLLECTION_OPTIONS',
    );
  });

  it('sends a command the client has no method for', async () => {
    const answer = await database.command({ findCollections: {} });
    assert.deepEqual(answer.status, { collections: [] });
    assert.ok((await database.command({ findKeyspaces: {} }, { keyspace: null })).status.keyspaces.length > 0);
    await refused(() => database.command({ makeCoffee: {} }), 'COMMAND_UNKNOWN');
  });

  for (const [who, token, code] of [
    ['without a token', undefined, 'MISSING_AUTHENTICATION_TOKEN'],
    ['with an unknown token', new StaticTokenProvider('AstraCS:nobody'), 'UNAUTHENTICATED_REQUEST'],
    ['with a wrong password', new UsernamePasswordTokenProvider('cassandra', 'guess'), 'UNAUTHENTICATED_REQUEST'],
  ]) {
    it(`answers nothing ${who}`, async () => {
      const stranger = connect({ token, keyspace: 'any' });
      await refused(() => stranger.listCollections(), code);
    });
  }
});
