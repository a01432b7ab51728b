#include <utility>

#include "config/parts.h"

namespace truerelay::config {

Vault read_vault(const Document& document, Findings& findings) {
  const std::filesystem::path folder = document.file.parent_path();
  Vault vault{.file = folder / "truerelay.vault",
              .key_file = folder / "truerelay.key",
              .passphrase_file = {}};
  const Node* table = member(document.root, "vault");
  if (table == nullptr) {
    return vault;
  }
  if (table->kind != Node::Kind::table) {
    findings.errors.push_back(
        document.error_at(table->at, "the vault's keys stand below [vault], in single brackets"));
    return vault;
  }
  TableReader reader(document, *table, vault_table(), findings);
  vault.file = reader.path("file").value_or(vault.file);
  vault.key_file = reader.path("key_file").value_or(vault.key_file);
  vault.passphrase_file = reader.path("passphrase_file").value_or("");
  return vault;
}

std::expected<Vault, std::vector<Error>> load_vault(const std::filesystem::path& file) {
  std::expected<Document, Error> document = read_document(file);
  if (!document) {
    return std::unexpected(std::vector{std::move(document.error())});
  }
  Findings findings;
  Vault vault = read_vault(*document, findings);
  if (!findings.errors.empty()) {
    return std::unexpected(std::move(findings.errors));
  }
  return vault;
}

}  // namespace truerelay::config
