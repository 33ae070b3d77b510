/**
 * A server, and a keyspace of its own for each file.
 *
 * The server is named as everywhere in this repository: DATA_API_URL, DATA_API_USERNAME, DATA_API_PASSWORD.
 */
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before } from 'node:test';
import { DataAPIClient, DataAPIResponseError, UsernamePasswordTokenProvider } from '@datastax/astra-db-ts';

const { DATA_API_URL: url, DATA_API_USERNAME: username, DATA_API_PASSWORD: password } = process.env;

/** What a client of anybody's would be: `token` and more may be given. */
export const connect = (options) =>
  new DataAPIClient({ environment: 'hcd' }).db(url, {
    token: new UsernamePasswordTokenProvider(username, password),
    ...options,
  });

/** A name nothing has yet. */
export const newName = () => `n${randomUUID().replaceAll('-', '').slice(0, 12)}`;

/** A database in whose keyspace the tests of a file work; it is dropped behind them. */
export const ownKeyspace = () => {
  const database = connect();
  const admin = database.admin({ environment: 'hcd' });
  const keyspace = `ts_${newName()}`;
  before(() => admin.createKeyspace(keyspace, { updateDbKeyspace: true }));
  after(() => admin.dropKeyspace(keyspace));
  return database;
};

/** What `action` asks for is answered with these error codes and no others. */
export const refused = async (action, ...codes) => {
  const error = await action().then(
    (answer) => assert.fail(`answered with ${JSON.stringify(answer)} instead of ${codes}`),
    (error) => error,
  );
  assert.ok(error instanceof DataAPIResponseError, error);
  assert.deepEqual(error.errorDescriptors.map((each) => each.errorCode), codes);
};

/** Documents without a sort come in an order of the server's. */
export const ids = (documents) => documents.map((document) => document._id).sort();
