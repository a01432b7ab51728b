// What a vault promises to whoever puts secrets into it.

#include "tests/vault/vault_folder.h"

namespace truerelay::vault {
namespace {

class AVault : public VaultFolder {
 protected:
  void SetUp() override { ASSERT_EQ(error(vault_.create(std::nullopt)), ""); }
  [[nodiscard]] Vault another() const { return Vault(file(), places(), seams()); }

  Vault vault_{file(), places(), seams()};
};

TEST_F(AVault, GivesBackWhatWasPutIntoIt) {
  const std::string binary("\0\n\xFF line\r\n", 9);
  ASSERT_EQ(error(vault_.put("office365", Kind::password, secret("correct horse"))), "");
  ASSERT_EQ(error(vault_.put("b.key", Kind::private_key, secret(binary))), "");
  EXPECT_EQ(value(vault_, "office365"), "correct horse");
  Vault later(file(), places());
  EXPECT_EQ(value(later, "office365"), "correct horse");
  EXPECT_EQ(value(later, "b.key"), binary);
}

TEST_F(AVault, SeesAtOnceWhatAnotherOneWrites) {
  Vault other(file(), places());
  ASSERT_EQ(error(vault_.put("a", Kind::password, secret("first"))), "");
  EXPECT_EQ(value(other, "a"), "first");
  ASSERT_EQ(error(other.put("a", Kind::password, secret("second"))), "");
  EXPECT_EQ(value(vault_, "a"), "second");
}

TEST_F(AVault, SaysWhatIsMissingAndHowToWriteIt) {
  EXPECT_TRUE(holds(value(vault_, "gmail"), "there is no secret 'gmail' in the vault " +
                                                file().string() +
                                                "; write it with 'truerelay secret set gmail'"));
  EXPECT_TRUE(holds(value(vault_, entry_of_user("erp")), "there is no user 'erp'"));
  EXPECT_TRUE(holds(error(vault_.remove("gmail")), "there is no secret 'gmail'"));
  EXPECT_TRUE(holds(error(vault_.note_use("gmail")), "there is no secret 'gmail'"));
}

TEST_F(AVault, ListsAllButTheValues) {
  ASSERT_EQ(error(vault_.put("z", Kind::client_secret, secret("x"), now_ + 100h)), "");
  now_ += 1h;
  ASSERT_EQ(error(vault_.put("a", Kind::refresh_token, secret("y"))), "");
  now_ += 1h;
  ASSERT_EQ(error(vault_.put("a", Kind::refresh_token, secret("y2"))), "");
  const std::vector<About> all = vault_.list().value();
  ASSERT_EQ(all.size(), 2U);
  EXPECT_EQ(all[0].name, "a");
  EXPECT_EQ(all[0].kind, Kind::refresh_token);
  EXPECT_EQ(all[0].created, now_ - 1h);
  EXPECT_EQ(all[0].changed, now_);
  EXPECT_EQ(all[0].expires, std::nullopt);
  EXPECT_EQ(all[0].used, std::nullopt);
  EXPECT_EQ(all[1].name, "z");
  EXPECT_EQ(all[1].expires, now_ - 2h + 100h);
}

TEST_F(AVault, RemovesOneAndKeepsTheOthers) {
  ASSERT_EQ(error(vault_.put("a", Kind::password, secret("x"))), "");
  ASSERT_EQ(error(vault_.put("b", Kind::password, secret("y"))), "");
  ASSERT_EQ(error(vault_.remove("a")), "");
  EXPECT_TRUE(holds(value(vault_, "a"), "error: "));
  EXPECT_EQ(value(vault_, "b"), "y");
}

TEST_F(AVault, NotesItsUseOnceADay) {
  ASSERT_EQ(error(vault_.put("a", Kind::password, secret("x"))), "");
  ASSERT_EQ(error(vault_.note_use("a")), "");
  const Time first = now_;
  now_ += 23h;
  const std::string before = bytes_of(file());
  ASSERT_EQ(error(vault_.note_use("a")), "");
  EXPECT_EQ(bytes_of(file()), before);
  EXPECT_EQ(vault_.list().value().at(0).used, first);
  now_ += 1h;
  ASSERT_EQ(error(vault_.note_use("a")), "");
  EXPECT_EQ(vault_.list().value().at(0).used, now_);
}

TEST_F(AVault, IsNeverMadeInThePlaceOfAnother) {
  ASSERT_EQ(error(vault_.put("a", Kind::password, secret("x"))), "");
  EXPECT_TRUE(holds(error(vault_.create(std::nullopt)), "already; it is left as it is"));
  EXPECT_TRUE(holds(error(vault_.create(secret("words"))), "already; it is left as it is"));
  EXPECT_EQ(value(vault_, "a"), "x");
}

TEST_F(AVault, ShowsNeitherNamesNorValuesNorTheSameBytesTwice) {
  ASSERT_EQ(error(vault_.put("office365", Kind::password, secret("correct horse"))), "");
  const std::string first = bytes_of(file());
  ASSERT_EQ(error(vault_.put("office365", Kind::password, secret("correct horse"))), "");
  const std::string second = bytes_of(file());
  EXPECT_FALSE(first.contains("office365"));
  EXPECT_FALSE(first.contains("correct horse"));
  ASSERT_EQ(first.size(), second.size());
  EXPECT_NE(first.substr(60, 24), second.substr(60, 24)) << "the nonce";
  EXPECT_NE(first.substr(kHeaderSize), second.substr(kHeaderSize));
}

TEST_F(AVault, TakesNoNameOrValueBeyondItsBounds) {
  for (const std::string& name : {std::string(), std::string(129, 'a'), std::string("a b"),
                                  std::string("a\n"), std::string("user:"), std::string("a/b")}) {
    EXPECT_TRUE(holds(error(vault_.put(name, Kind::password, secret("x"))), "the name must be"));
  }
  EXPECT_EQ(error(vault_.put(std::string(128, 'a'), Kind::password, secret("x"))), "");
  EXPECT_TRUE(holds(error(vault_.put("a", Kind::password, secret(""))), "from 1 to 65536"));
  EXPECT_TRUE(
      holds(error(vault_.put("a", Kind::password, secret(std::string(65537, 'x')))), "to 65536"));
  EXPECT_EQ(error(vault_.put("a", Kind::password, secret(std::string(65536, 'x')))), "");
}

TEST_F(AVault, ThatWouldBecomeTooLargeStaysAsItIs) {
  const std::string large(65536, 'x');
  std::string refused;
  int written = 0;
  while (refused.empty() && written < 100) {
    refused = error(vault_.put("n" + std::to_string(written), Kind::certificate, secret(large)));
    written += refused.empty() ? 1 : 0;
  }
  EXPECT_TRUE(holds(refused, "would become larger than 4 MiB"));
  EXPECT_EQ(vault_.list().value().size(), static_cast<std::size_t>(written));
  EXPECT_EQ(value(vault_, "n0"), large);
}

TEST_F(VaultFolder, WithoutAVaultSaysHowToMakeOne) {
  Vault vault(file(), places());
  EXPECT_FALSE(vault.exists());
  EXPECT_TRUE(holds(value(vault, "a"), "make it with 'truerelay secret init'"));
  EXPECT_TRUE(holds(error(vault.put("a", Kind::password, secret("x"))), "secret init"));
  EXPECT_FALSE(vault.exists());
}

}  // namespace
}  // namespace truerelay::vault
