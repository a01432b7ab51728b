#include "tls/ciphertext.h"

#include <algorithm>
#include <cstring>
#include <new>

namespace truerelay::tls {
namespace {

Ciphertext& ciphertext_of(BIO* bio) { return *static_cast<Ciphertext*>(BIO_get_data(bio)); }

int read_from_in(BIO* bio, char* target, int most) {
  BIO_clear_retry_flags(bio);
  Buffer& in = ciphertext_of(bio).in;
  if (in.empty()) {
    BIO_set_retry_read(bio);
    return -1;
  }
  const std::size_t count = std::min(in.size(), static_cast<std::size_t>(most));
  std::memcpy(target, in.readable().data(), count);
  in.consume(count);
  return static_cast<int>(count);
}

int append_to_out(BIO* bio, const char* bytes, int count) {
  BIO_clear_retry_flags(bio);
  ciphertext_of(bio).out.append({bytes, static_cast<std::size_t>(count)});
  return count;
}

long control(BIO*, int command, long, void*) { return command == BIO_CTRL_FLUSH ? 1 : 0; }

const BIO_METHOD* method() {
  static const BIO_METHOD* const table = [] {
    BIO_METHOD* made = BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "truerelay");
    if (made == nullptr || BIO_meth_set_read(made, read_from_in) != 1 ||
        BIO_meth_set_write(made, append_to_out) != 1 || BIO_meth_set_ctrl(made, control) != 1) {
      throw std::bad_alloc();
    }
    return made;
  }();
  return table;
}

}  // namespace

void connect(SSL& ssl, Ciphertext& ciphertext) {
  BIO* bio = BIO_new(method());
  if (bio == nullptr) {
    throw std::bad_alloc();
  }
  BIO_set_data(bio, &ciphertext);
  BIO_set_init(bio, 1);
  SSL_set_bio(&ssl, bio, bio);
}

}  // namespace truerelay::tls
