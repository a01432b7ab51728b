#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "io/clock.h"

namespace truerelay::tls {

// An authority for practice: it makes itself (P-256, ECDSA), and issues certificates for servers
// that exist in a sandbox or a test only. Nobody trusts it who was not given its certificate.
//
// Running out of memory or randomness is an exception; nothing else can go wrong.
class PracticeAuthority {
 public:
  struct Validity {
    io::WallTime from;
    io::WallTime until;
  };
  // What the certificate says; nothing is checked, so that faulty ones can be made as well.
  struct Request {
    std::string common_name = {};             // Of the subject.
    std::vector<std::string> names = {};      // DNS names of the subjectAltName: "*.example.com"
    std::vector<std::string> addresses = {};  // IP addresses likewise: "127.0.0.1", "::1"
    Validity validity;
  };
  // As PEM texts. `chain`: the certificate, then the authorities between it and the root.
  struct Issued {
    std::string chain;
    std::string key;
  };

  // A root. `name` becomes its common name.
  PracticeAuthority(std::string_view name, const Validity& validity);
  // An intermediate authority that `parent` vouches for.
  PracticeAuthority(std::string_view name, const Validity& validity,
                    const PracticeAuthority& parent);
  PracticeAuthority(const PracticeAuthority&) = delete;
  PracticeAuthority& operator=(const PracticeAuthority&) = delete;
  ~PracticeAuthority();

  // A key of its own and a certificate for a TLS server or client.
  [[nodiscard]] Issued issue(const Request& request) const;

  // The authority's own certificate: what a ca_file holds.
  [[nodiscard]] std::string certificate() const;
  // And its key: with it the authority can stand in for a self-signed server.
  [[nodiscard]] std::string key() const;

 private:
  struct Parts;
  std::unique_ptr<Parts> parts_;
};

}  // namespace truerelay::tls
