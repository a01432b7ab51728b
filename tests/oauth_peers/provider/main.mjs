// An OpenID provider for tests: oidc-provider over TLS on loopback, with one person who always
// answers at once, and a second port, without TLS, from which the tests command it.
//
// usage: node main.mjs SETTINGS.json
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { createServer as createTlsServer } from 'node:https';

import Provider from 'oidc-provider';

import { configuration, Resources } from './configuration.mjs';
import { Events } from './events.mjs';
import { Faults } from './faults.mjs';
import { Person } from './person.mjs';
import { allowServiceAccounts } from './service_account.mjs';
import { accessTokenIsShown, forget } from './store.mjs';
import { TokenEndpoint } from './token_endpoint.mjs';

const LOOPBACK = '127.0.0.1';

const settings = JSON.parse(readFileSync(process.argv[2]));
const events = new Events(settings.events);
const faults = new Faults();
const resources = new Resources(settings);
const lifetime = { seconds: settings.access_token_seconds };

const provider = new Provider(`https://localhost:${settings.port}`,
  configuration(settings, resources, lifetime));
allowServiceAccounts(provider, settings, resources);
const person = new Person(provider, settings.mailbox);
const tokens = new TokenEndpoint(provider, events, faults);

provider.use(async (context, next) => {
  await next();
  // RFC 8628 section 3.2: where it is not said, 5 seconds; the tests are in more of a hurry.
  if (context.oidc?.route === 'device_authorization' && context.status === 200) {
    context.body = { ...context.body, interval: 1 };
  }
  if (context.oidc?.route === 'introspection') accessTokenIsShown(context.oidc.params.token);
});
const work = provider.callback();

provider.on('grant.revoked', (context, grant) => events.write('grant revoked', { grant }));
provider.on('server_error', (context, error) => console.error(error));

async function answer(request, response) {
  const { pathname, searchParams } = new URL(request.url, provider.issuer);
  if (pathname === '/auth') {
    events.write('authorization', Object.fromEntries(searchParams));
  }
  if (pathname === '/token' && request.method === 'POST') {
    await tokens.answer(request, response, work);
  } else if (pathname.startsWith('/interaction/')) {
    await person.answer(request, response);
  } else {
    await work(request, response);
  }
}

const server = createTlsServer(
  { key: readFileSync(settings.key), cert: readFileSync(settings.certificate) },
  (request, response) => answer(request, response).catch((error) => {
    console.error(error);
    response.destroy();
  }));

const listening = (each, port) => new Promise((resolve) => each.listen(port, LOOPBACK, resolve));
const closed = (each) => new Promise((resolve) => {
  each.close(resolve);
  each.closeAllConnections();
});

const commands = {
  fault: ({ fault }) => faults.set(fault),
  clear: () => faults.clear(),
  down: () => closed(server),
  up: () => listening(server, settings.port),
  consent: ({ consents }) => { person.consents = consents; },
  forgive: ({ forgiving }) => { tokens.forgiving = forgiving; },
  lifetime: ({ seconds }) => { lifetime.seconds = seconds; },
  revoke: () => forget('Grant', 'RefreshToken', 'AccessToken'),
  forget: () => forget('AccessToken', 'ClientCredentials'),
};

const control = createServer(async (request, response) => {
  const chunks = [];
  for await (const chunk of request) chunks.push(chunk);
  const { command, ...details } = JSON.parse(Buffer.concat(chunks));
  await commands[command](details);
  response.end();
});

await listening(server, settings.port);
await listening(control, settings.control_port);
