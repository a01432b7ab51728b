// Whatever is wrong with the file is told, and nothing is written over it.

#include <sodium.h>

#include <algorithm>

#include "tests/vault/vault_folder.h"

namespace truerelay::vault {
namespace {

class ADamagedVault : public VaultFolder {
 protected:
  void SetUp() override {
    Vault vault(file(), places());
    ASSERT_EQ(error(vault.create(std::nullopt)), "");
    ASSERT_EQ(error(vault.put("a", Kind::password, secret("canary"))), "");
    whole_ = bytes_of(file());
    ASSERT_GT(whole_.size(), kHeaderSize + kTagSize);
  }

  // With `bytes` in the place of the vault, no call succeeds or changes the file; the sentence.
  std::string fault_of(const std::string& bytes) {
    write(file(), bytes);
    Vault vault(file(), places());
    std::string fault = value(vault, "a");
    EXPECT_FALSE(vault.list());
    EXPECT_NE(error(vault.put("b", Kind::password, secret("x"))), "");
    EXPECT_NE(error(vault.remove("a")), "");
    EXPECT_NE(error(vault.rotate_key(std::nullopt)), "");
    EXPECT_NE(error(vault.create(std::nullopt)), "");
    EXPECT_EQ(bytes_of(file()), bytes);
    EXPECT_FALSE(fault.contains("canary"));
    return fault;
  }
  // With what stands in the header before the check changed, as whoever writes it would.
  static std::string checked(std::string bytes) {
    unsigned char check[16];
    crypto_generichash(check, sizeof check, reinterpret_cast<const unsigned char*>(bytes.data()),
                       kHeaderSize - sizeof check, nullptr, 0);
    std::ranges::copy(check, bytes.begin() + (kHeaderSize - sizeof check));
    return bytes;
  }

  std::string whole_;
};

TEST_F(ADamagedVault, CutOffAnywhereIsToldSo) {
  for (std::size_t size = 0; size < whole_.size(); ++size) {
    const std::string fault = fault_of(whole_.substr(0, size));
    EXPECT_TRUE(holds(fault, size == 0 ? " is empty; " : " is cut off: ")) << size;
    EXPECT_TRUE(holds(fault, file().string()));
    EXPECT_TRUE(holds(fault, "put back a copy of it"));
  }
}

TEST_F(ADamagedVault, WithAnyBitChangedIsNotOpened) {
  for (std::size_t bit = 0; bit < whole_.size() * 8; ++bit) {
    std::string bytes = whole_;
    bytes[bit / 8] = static_cast<char>(bytes[bit / 8] ^ (1 << (bit % 8)));
    const std::string fault = fault_of(bytes);
    // A flipped bit in the length of the header makes it longer than the file is.
    const std::string_view expected = bit < 64                ? "is not a vault"
                                      : bit < kHeaderSize * 8 ? "is "
                                                              : "its seal does not hold";
    EXPECT_TRUE(holds(fault, expected)) << "bit " << bit;
    EXPECT_TRUE(holds(fault, "put back a copy of it")) << "bit " << bit;
  }
}

TEST_F(ADamagedVault, WithSomethingBehindItsEndIsNotOpened) {
  EXPECT_TRUE(holds(fault_of(whole_ + "x"), "something follows its end"));
  EXPECT_TRUE(holds(fault_of(whole_ + whole_), "something follows its end"));
}

TEST_F(ADamagedVault, ThatIsSomeOtherFileIsLeftAlone) {
  for (const std::string& bytes :
       {std::string("x"), std::string("TRVAULX\n"), std::string("#!/bin/sh\nexit 0\n"),
        std::string(5000, '\0'), "\xEF\xBB\xBF" + whole_}) {
    EXPECT_TRUE(holds(fault_of(bytes), "is not a vault of truerelay's"));
  }
}

TEST_F(ADamagedVault, OfANewerVersionIsToldSo) {
  std::string bytes = whole_;
  bytes[9] = 2;
  EXPECT_TRUE(holds(fault_of(bytes), "is damaged in its header"));
  const std::string fault = fault_of(checked(bytes));
  EXPECT_TRUE(holds(fault, "has version 2, which a newer truerelay has written"));
  EXPECT_FALSE(fault.contains("put back"));
}

TEST_F(ADamagedVault, WhoseHeaderWasMadeUpIsNotOpenedNorCostly) {
  // Each field from the origin to the nonce, with the check made right.
  for (std::size_t at = 12; at < 84; ++at) {
    std::string bytes = whole_;
    bytes[at] = static_cast<char>(bytes[at] ^ 0x41);
    EXPECT_TRUE(holds(fault_of(checked(bytes)), "the ")) << at;
  }
  std::string bytes = whole_;
  bytes[12] = 1;     // From a passphrase,
  bytes[20] = 0x7F;  // with more memory than there is.
  EXPECT_TRUE(holds(fault_of(checked(bytes)), "is damaged in its header"));
}

TEST_F(ADamagedVault, WithAnotherKeyIsNotOpened) {
  const std::string right = bytes_of(key_file());
  const std::string another(Key::draw().text().reveal());
  write(key_file(), another + "\n");
  EXPECT_TRUE(holds(fault_of(whole_), "is not the one that the vault was sealed with"));
  EXPECT_EQ(bytes_of(key_file()), another + "\n");
  write(key_file(), "no key\n");
  EXPECT_TRUE(holds(fault_of(whole_), "holds no key of truerelay's"));
  write(key_file(), "");
  EXPECT_TRUE(holds(fault_of(whole_), "holds no key of truerelay's"));
  std::filesystem::remove(key_file());
  EXPECT_TRUE(holds(fault_of(whole_), "is missing; put back the one"));
  EXPECT_FALSE(std::filesystem::exists(key_file()));
  write(key_file(), right);
  Vault vault(file(), places());
  EXPECT_EQ(value(vault, "a"), "canary");
}

}  // namespace
}  // namespace truerelay::vault
