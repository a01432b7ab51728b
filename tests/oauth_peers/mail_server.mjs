// Mail servers for tests, on npm's smtp-server. Those that want a login take XOAUTH2 and ask the
// provider about each token; they differ in how they refuse, as the two great ones do:
//   gmail      TLS from the first byte; 334 with a JSON text, and 535 after the client's empty line
//   office365  STARTTLS; 535 at once. LOGIN is offered, and always refused: basic authentication
//   sink       neither TLS nor login: where Dovecot hands over what it has taken
//
// What is taken stands in a file, a JSON object a line, before its sender hears 250.
//
// usage: node mail_server.mjs SETTINGS.json
import { randomUUID } from 'node:crypto';
import { appendFileSync, readFileSync } from 'node:fs';
import { request } from 'node:https';

import { SMTPServer } from 'smtp-server';

const LOOPBACK = '127.0.0.1';

const settings = JSON.parse(readFileSync(process.argv[2]));
const certificate = { key: readFileSync(settings.key), cert: readFileSync(settings.certificate) };
const authority = readFileSync(settings.authority);

function write(file, entry) {
  appendFileSync(file, `${JSON.stringify(entry)}\n`);
}

// RFC 7662: what the provider says that the token is worth.
function introspect(token) {
  const { url, client, secret } = settings.introspection;
  return new Promise((resolve, reject) => {
    const asking = request(url, {
      method: 'POST', ca: authority, auth: `${client}:${secret}`,
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
    }, async (response) => {
      const chunks = [];
      for await (const chunk of response) chunks.push(chunk);
      resolve(JSON.parse(Buffer.concat(chunks)));
    });
    asking.on('error', reject);
    asking.end(new URLSearchParams({ token }).toString());
  });
}

function error(code, words) {
  return Object.assign(new Error(words), { responseCode: code });
}

const refusals = {
  gmail: (callback) => callback(null, {
    data: { status: '400', schemes: 'Bearer', scope: 'https://mail.google.com/' },
  }),
  office365: (callback) => callback(error(535, '5.7.3 Authentication unsuccessful [loopback]')),
};

async function logIn(server, { method, username, accessToken }, callback) {
  if (method !== 'XOAUTH2') {
    callback(error(535, '5.7.139 Authentication unsuccessful, basic authentication is disabled.'));
    return;
  }
  const worth = await introspect(accessToken);
  const good = worth.active === true && worth.mailbox === username;
  write(settings.logins, { server, user: username, good, client: worth.client_id });
  if (good) callback(null, { user: { name: username, mechanism: method } });
  else refusals[server](callback);
}

function take(server, stream, session, callback) {
  const chunks = [];
  stream.on('data', (chunk) => chunks.push(chunk));
  stream.on('end', () => {
    const id = randomUUID();
    write(settings.messages, {
      server, id, user: session.user?.name, mechanism: session.user?.mechanism,
      tls: session.secure, sender: session.envelope.mailFrom.address,
      recipients: session.envelope.rcptTo.map((recipient) => recipient.address),
      message: Buffer.concat(chunks).toString('base64'),
    });
    callback(null, `2.0.0 taken as ${id}`);
  });
}

const options = (server) => ({
  onData: (stream, session, callback) => take(server, stream, session, callback),
  size: 64 * 1024 * 1024, closeTimeout: 1000, disableReverseLookup: true,
});

const withTokens = (server) => ({
  ...options(server), ...certificate,
  onAuth: (auth, session, callback) => logIn(server, auth, callback).catch(callback),
});

const servers = {
  gmail: { ...withTokens('gmail'), secure: true, authMethods: ['XOAUTH2'] },
  office365: { ...withTokens('office365'), authMethods: ['LOGIN', 'XOAUTH2'] },
  sink: {
    ...options('sink'), authOptional: true, disabledCommands: ['AUTH', 'STARTTLS'],
    // Dovecot says in XCLIENT who has logged in.
    useXClient: true,
    onAuth: ({ method, username }, session, callback) =>
      callback(null, { user: { name: username, mechanism: method } }),
  },
};

for (const [name, each] of Object.entries(servers)) {
  const server = new SMTPServer(each);
  server.on('error', (problem) => console.error(name, problem.message));
  server.listen(settings.ports[name], LOOPBACK);
}
