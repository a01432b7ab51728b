#pragma once

// BoringSSL, for the files of this folder: the one place that includes it, and the one place for
// what differs between its versions.
//
// BoringSSL promises no stable API. Two ends of a long range are kept working: what Debian ships
// (BORINGSSL_API_VERSION 17, of 2022) and upstream of 2026 (43). The calls that are used here were
// chosen so that both have them in the same form; for example ASN1_TIME_diff() and not
// ASN1_TIME_to_posix(), which the older one lacks. A call that cannot be chosen so gets its one
// name here.

#include <openssl/base.h>
#ifndef OPENSSL_IS_BORINGSSL
#error "These are the headers of OpenSSL, not of BoringSSL: see boringssl.cmake."
#endif
#include <openssl/asn1.h>
#include <openssl/bio.h>
#include <openssl/bn.h>
#include <openssl/ec.h>
#include <openssl/ec_key.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/mem.h>
#include <openssl/nid.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <openssl/sha.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>
