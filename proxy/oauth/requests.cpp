#include "oauth/requests.h"

namespace truerelay::oauth {
namespace {

void add(Form& form, std::string_view name, std::string_view value) {
  form.push_back({std::string(name), Redacted(std::string(value)), false});
}

void add_secret(Form& form, std::string_view name, const Redacted& value) {
  form.push_back({std::string(name), Redacted(std::string(value.reveal())), true});
}

// An empty scope is left out: the provider takes what was agreed on before.
void add_scope(Form& form, std::string_view scope) {
  if (!scope.empty()) {
    add(form, "scope", scope);
  }
}

Form request_of(const Client& client, std::string_view grant) {
  Form form;
  add(form, "grant_type", grant);
  add(form, "client_id", client.id);
  if (!client.assertion.empty()) {
    add(form, "client_assertion_type", "urn:ietf:params:oauth:client-assertion-type:jwt-bearer");
    add_secret(form, "client_assertion", client.assertion);
  } else if (!client.secret.empty()) {
    add_secret(form, "client_secret", client.secret);
  }
  return form;
}

}  // namespace

Form client_credentials_request(const Client& client, std::string_view scope) {
  Form form = request_of(client, "client_credentials");
  add_scope(form, scope);
  return form;
}

Form refresh_request(const Client& client, const Redacted& refresh_token) {
  Form form = request_of(client, "refresh_token");
  add_secret(form, "refresh_token", refresh_token);
  return form;
}

Form code_request(const Client& client, const Redacted& code, std::string_view redirect_uri,
                  const Redacted& verifier) {
  Form form = request_of(client, "authorization_code");
  add_secret(form, "code", code);
  add(form, "redirect_uri", redirect_uri);
  add_secret(form, "code_verifier", verifier);
  return form;
}

// A provider that knows the client as a confidential one wants its proof here, too.
Form device_request(const Client& client, std::string_view scope) {
  Form form = request_of(client, "");
  form.erase(form.begin());
  add_scope(form, scope);
  return form;
}

Form device_poll_request(const Client& client, const Redacted& device_code) {
  Form form = request_of(client, "urn:ietf:params:oauth:grant-type:device_code");
  add_secret(form, "device_code", device_code);
  return form;
}

Form jwt_bearer_request(const Redacted& assertion) {
  Form form;
  add(form, "grant_type", "urn:ietf:params:oauth:grant-type:jwt-bearer");
  add_secret(form, "assertion", assertion);
  return form;
}

}  // namespace truerelay::oauth
