#include "sandbox/mail_folder.h"

#include <fmt/core.h>

#include <system_error>
#include <utility>

#include "base/ascii.h"
#include "sandbox/ledger_lines.h"

namespace truerelay::sandbox {
namespace {

namespace fs = std::filesystem;

// A message on its way into the folder.
class File final : public MessageSink {
 public:
  // `lines` is the ledger, which outlives every sink: what cannot be recorded is not accepted.
  File(fs::path final_path, const std::ofstream& lines)
      : lines_(lines),
        final_path_(std::move(final_path)),
        temporary_(fs::path(final_path_).concat(".tmp")) {
    out_.open(temporary_, std::ios::binary | std::ios::out | std::ios::noreplace);
    created_ = out_.is_open();
  }
  ~File() override {
    if (created_) {
      out_.close();
      std::error_code ignored;
      fs::remove(temporary_, ignored);
    }
  }

  bool take(std::string_view bytes) override {
    out_.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
    return created_ && out_.good();
  }

  bool keep() override {
    out_.close();
    std::error_code error;
    if (!created_ || out_.fail() || lines_.fail() || fs::exists(final_path_, error) || error) {
      return false;
    }
    fs::rename(temporary_, final_path_, error);
    created_ = static_cast<bool>(error);
    return !error;
  }

 private:
  const std::ofstream& lines_;
  fs::path final_path_;
  fs::path temporary_;
  std::ofstream out_;
  bool created_ = false;
};

// "20261121T205800123Z": a moment that every file system takes in a name.
std::string moment(io::WallTime time) {
  std::string name;
  for (const char c : utc(time)) {
    if (ascii_digit(c) || ascii_alpha(c)) {
      name += c;
    }
  }
  return name;
}

}  // namespace

std::expected<std::unique_ptr<MailFolder>, std::string> MailFolder::open(const fs::path& folder,
                                                                         const io::Clock& clock) {
  std::error_code error;
  fs::create_directories(folder, error);
  if (error) {
    return std::unexpected(fmt::format("{}: {}", folder.string(), error.message()));
  }
  const fs::path path = folder / "ledger.jsonl";
  std::ofstream lines(path, std::ios::binary | std::ios::app);
  if (!lines) {
    return std::unexpected(fmt::format("{} cannot be written", path.string()));
  }
  return std::unique_ptr<MailFolder>(new MailFolder(folder, clock, std::move(lines)));
}

MailFolder::MailFolder(fs::path folder, const io::Clock& clock, std::ofstream lines)
    : folder_(std::move(folder)),
      clock_(clock),
      lines_(std::move(lines)),
      run_(moment(clock.wall_now())) {}

std::string MailFolder::file_name(const Envelope& envelope) const {
  return fmt::format("{}-{}-{}.eml", run_, envelope.connection, envelope.transaction);
}

// Each line at once, so that what was written survives the program.
void MailFolder::record(const std::string& line) {
  lines_ << line << '\n';
  lines_.flush();
}

ConnectionId MailFolder::connected(const io::Peer& peer) {
  ++last_connection_;
  record(connected_line(clock_.wall_now(), last_connection_, peer));
  return last_connection_;
}

void MailFolder::secured(ConnectionId connection, const io::TlsFacts& facts) {
  record(secured_line(clock_.wall_now(), connection, facts));
}

void MailFolder::login(ConnectionId connection, const Login& login) {
  record(login_line(clock_.wall_now(), connection, login));
}

void MailFolder::disconnected(ConnectionId connection, std::string_view reason) {
  record(disconnected_line(clock_.wall_now(), connection, reason));
}

void MailFolder::sender(const Envelope& envelope, const smtp::Reply& reply) {
  record(sender_line(clock_.wall_now(), envelope, reply));
}

void MailFolder::recipient(const Envelope& envelope) {
  record(recipient_line(clock_.wall_now(), envelope));
}

std::unique_ptr<MessageSink> MailFolder::content(const Envelope& envelope) {
  return std::make_unique<File>(folder_ / file_name(envelope), lines_);
}

void MailFolder::accepted(const Envelope& envelope, const Content& content,
                          const smtp::Reply& reply) {
  record(accepted_line(clock_.wall_now(), envelope, content, reply, file_name(envelope)));
}

void MailFolder::refused(const Envelope& envelope, const Content& content,
                         const smtp::Reply& reply) {
  record(refused_line(clock_.wall_now(), envelope, content, reply));
}

void MailFolder::abandoned(const Envelope& envelope, const Content& content,
                           std::string_view reason) {
  record(abandoned_line(clock_.wall_now(), envelope, content, reason));
}

void MailFolder::answered(const Envelope& envelope, bool written) {
  record(answered_line(clock_.wall_now(), envelope, written));
}

}  // namespace truerelay::sandbox
