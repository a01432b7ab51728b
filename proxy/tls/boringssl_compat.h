#pragma once

// BoringSSL for the files of this folder, and the only place that knows that its API changes.
//
// BoringSSL makes no promise from one commit to the next. Two ends of a long range are supported:
// the one that Debian ships (BORINGSSL_API_VERSION 17, of 2022) and upstream of 2026 (43). What
// differs between them gets one name here.

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
#include <openssl/sha.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>
