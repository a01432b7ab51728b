// Certificates and keys: texts in PEM; what begins otherwise is DER and put into PEM first.

#include <algorithm>
#include <expected>
#include <string>

#include "base/ascii.h"
#include "base/base64.h"
#include "tests/fuzz/reference_utf8.h"
#include "tests/fuzz/require.h"
#include "tests/fuzz/target.h"
#include "tls/certificate_text.h"
#include "tls/jwt_signer.h"
#include "tls/pem.h"

namespace truerelay::fuzz {
namespace {

void check_words(std::string_view words, std::size_t longest) {
  require(!words.empty() && words.size() <= longest, "words are bounded");
  require(reference_utf8(words) && std::ranges::none_of(words, ascii_control),
          "words have no control byte");
  require(!words.contains("\xE2\x80\xAE") && !words.contains("\xE2\x80\xA8"),
          "nor one that turns the text around or ends the line");
}

std::string pem(std::string_view kind, std::string_view der) {
  const std::string name(kind);
  std::string text = "-----BEGIN " + name + "-----\n";
  const std::string base64 = base64_encode(der);
  for (std::size_t i = 0; i < base64.size(); i += 64) {
    text += base64.substr(i, 64) + '\n';
  }
  return text + "-----END " + name + "-----\n";
}

void check_certificates(std::string_view text) {
  const std::expected<tls::Certificates, std::string> found = tls::parse_certificates(text, "FILE");
  if (!found) {
    check_words(found.error(), 1000);
    return;
  }
  require(!found->empty(), "what is a list of certificates has one");
  for (const bssl::UniquePtr<X509>& certificate : *found) {
    check_words(tls::describe(*certificate), 3000);
    for (const std::string& name : tls::names_of(*certificate)) {
      check_words(name + ".", 1100);
    }
  }
  const std::expected<io::WallTime, std::string> end = tls::certificate_end(text, "FILE");
  if (!end) {
    check_words(end.error(), 1000);
  }
}

void check_key(std::string_view key, std::string_view certificate) {
  const tls::JwtSigner::Text text{key, "KEY", certificate, "FILE"};
  const std::expected<tls::JwtSigner, std::string> signer =
      tls::JwtSigner::create(tls::JwtSigner::Algorithm::rs256, text);
  if (!signer) {
    check_words(signer.error(), 1000);
    return;
  }
  const std::expected<std::string, std::string> signature = signer->sign("a message");
  require(signature ? !signature->empty() : !signature.error().empty(), "a key signs, or says why");
}

}  // namespace

void run(std::string_view input) {
  if (input.starts_with('-')) {
    check_certificates(input);
    check_key(input, "");
    check_key(input, input);
  } else {
    check_certificates(pem("CERTIFICATE", input));
    check_key(pem("PRIVATE KEY", input), "");
    check_key(pem("RSA PRIVATE KEY", input), "");
  }
}

}  // namespace truerelay::fuzz
