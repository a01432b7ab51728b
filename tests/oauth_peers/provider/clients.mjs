// Who may ask the provider for tokens, in the words of RFC 7591 section 2; the names of the client
// authentication methods are those of OpenID Connect. Each client stands for a way in that
// truerelay's presets know.
import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';

import { JWT_BEARER, SERVICE_ACCOUNT } from './service_account.mjs';

const DEVICE_CODE = 'urn:ietf:params:oauth:grant-type:device_code';

// Of an application: no person, no redirect.
const application = {
  grant_types: ['client_credentials'], response_types: [], redirect_uris: [],
};

function signing(algorithm, certificateFile) {
  const certificate = new X509Certificate(readFileSync(certificateFile));
  return {
    ...application,
    token_endpoint_auth_method: 'private_key_jwt',
    token_endpoint_auth_signing_alg: algorithm,
    jwks: { keys: [{ ...certificate.publicKey.export({ format: 'jwk' }), use: 'sig' }] },
  };
}

// An application on somebody's machine, which can keep no secret.
const native = { application_type: 'native', token_endpoint_auth_method: 'none' };

export function clients(settings) {
  return [
    {
      client_id: 'app-with-secret', client_secret: settings.client_secret, ...application,
      token_endpoint_auth_method: 'client_secret_post',
    },
    // Its tokens are good, but for a mailbox of somebody else.
    {
      client_id: 'app-of-another-mailbox', client_secret: settings.client_secret, ...application,
      token_endpoint_auth_method: 'client_secret_post',
    },
    { client_id: 'app-with-certificate-rs256', ...signing('RS256', settings.client_certificate) },
    { client_id: 'app-with-certificate-ps256', ...signing('PS256', settings.client_certificate) },
    {
      client_id: 'device', ...native, grant_types: [DEVICE_CODE, 'refresh_token'],
      response_types: [], redirect_uris: [],
    },
    {
      client_id: 'desktop', ...native, grant_types: ['authorization_code', 'refresh_token'],
      response_types: ['code'],
      // RFC 8252 section 7.3: of a loopback redirect, the port is not compared.
      redirect_uris: ['http://127.0.0.1/', 'http://127.0.0.1/callback', 'http://localhost/'],
    },
    {
      client_id: SERVICE_ACCOUNT, token_endpoint_auth_method: 'none', ...application,
      grant_types: [JWT_BEARER],
    },
    // The mail servers, which only ask what a token is worth.
    {
      client_id: 'mail-server', client_secret: settings.mail_server_secret,
      grant_types: [], response_types: [], redirect_uris: [],
      token_endpoint_auth_method: 'client_secret_basic',
    },
  ];
}

// Whose mailbox the tokens of a client are for.
export function mailboxOf(clientId, settings) {
  return clientId === 'app-of-another-mailbox' ? `another-${settings.mailbox}` : settings.mailbox;
}
