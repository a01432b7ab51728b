// abuse_judge: holds the books of a run on real sockets against each other, with the oracle that
// judges the simulation. Exit status 1 where anybody was lied to, left in silence, sent something
// twice or altered, or where the log keeps quiet about it.
#include <CLI/CLI.hpp>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <set>
#include <string>
#include <vector>

#include "tests/abuse/journal.h"
#include "tests/simulation/sweep/oracle.h"

namespace {

using namespace truerelay;
using abuse::Deeds;
using abuse::Heard;
using abuse::Logged;
using simulation::Case;
using simulation::Done;
using simulation::Tally;
using simulation::Told;
using simulation::Verdict;

struct Files {
  std::string heard;
  std::string upstream;
  std::string log;
  std::string deeds;
};

class Judge {
 public:
  explicit Judge(const Files& files)
      : heard_(abuse::read_heard(files.heard)),
        upstream_(abuse::read_upstream(files.upstream)),
        log_(abuse::read_log(files.log)),
        deeds_(abuse::read_deeds(files.deeds)) {}

  void run() {
    std::set<std::string> senders;
    for (Heard& each : heard_) {
      senders.insert(each.letter.sender);
      judge_letter(each);
    }
    for (const auto& [sender, done] : upstream_) {
      if (!done.accepted.empty() && !senders.contains(sender)) {
        wrong_.push_back(sender + ": accepted upstream, and no client sent it");
      }
    }
    if (unrecorded_ > log_.lost + log_.broken) {
      wrong_.push_back(std::to_string(unrecorded_) + " messages are not in the log, which says " +
                       "that it lost " + std::to_string(log_.lost) + " lines");
    }
  }

  [[nodiscard]] int verdict() {
    constexpr std::size_t kMostSaid = 100;
    for (std::size_t i = 0; i < wrong_.size() && i < kMostSaid; ++i) {
      std::printf("WRONG %s\n", wrong_[i].c_str());
    }
    const auto count = [this](Verdict verdict) -> unsigned long long {
      return tally_.messages[verdict];
    };
    const auto number = [](std::uint64_t value) -> unsigned long long { return value; };
    std::printf(
        "%llu letters: %llu true accepts (%llu remembered, %llu repaired), %llu true refusals, "
        "%llu in doubt, %llu unheard; %llu log lines lost, %llu messages not in the log; %zu "
        "wrong\n",
        number(tally_.letters), count(Verdict::true_accept), number(tally_.remembered),
        number(tally_.repaired), count(Verdict::true_refusal), count(Verdict::in_doubt),
        count(Verdict::unheard), number(log_.lost), number(unrecorded_), wrong_.size());
    return wrong_.empty() && count(Verdict::true_accept) > 0 ? EXIT_SUCCESS : EXIT_FAILURE;
  }

 private:
  void judge_letter(Heard& heard) {
    static const Done kNothing;
    const auto done = upstream_.find(heard.letter.sender);
    Case books{.letter = heard.letter,
               .told = {},
               .done = done == upstream_.end() ? kNothing : done->second,
               .ends = {},
               .records = {},
               .remembers = true,
               .wire_watched = false};
    std::set<std::size_t> processes;
    std::size_t to_record = 0;
    for (Told& told : heard.told) {
      processes.insert(deeds_.process_at(told.gone_at));
      to_record += told.recipients.empty() ? 0 : 1;
      told.may_have_heard = told.may_have_heard || closed_about(told);
      books.told.push_back(&told);
    }
    for (const Logged::Record& record : log_.records[heard.letter.sender]) {
      books.records.push_back(record.message);
    }
    // What a client did not hear is remembered by the process that knew it, and no other.
    books.remembers = processes.size() == 1;
    books.unrecorded = to_record - std::min(to_record, books.records.size());
    unrecorded_ += books.unrecorded;
    const std::vector<std::string> wrong = simulation::judge(books, tally_);
    wrong_.insert(wrong_.end(), wrong.begin(), wrong.end());
  }

  // A record of the letter was closed at about the time when its client left, or may have been.
  [[nodiscard]] bool closed_about(const Told& told) const {
    constexpr double kCrossing = 0.5;
    const std::size_t process = deeds_.process_at(told.gone_at);
    if (process > 0 && deeds_.processes[process - 1].stepped) {
      return true;
    }
    const auto records = log_.records.find(told.letter->sender);
    if (records == log_.records.end()) {
      return false;
    }
    const double gone_at =
        std::chrono::duration<double>(told.gone_at.time_since_epoch()).count() + deeds_.wall_ahead;
    for (const Logged::Record& record : records->second) {
      const double closed_at = std::chrono::duration<double>(record.at.time_since_epoch()).count();
      if (closed_at > gone_at - kCrossing && closed_at < gone_at + kCrossing) {
        return true;
      }
    }
    return false;
  }

  std::deque<Heard> heard_;
  std::map<std::string, Done> upstream_;
  Logged log_;
  Deeds deeds_;
  Tally tally_;
  std::size_t unrecorded_ = 0;
  std::vector<std::string> wrong_;
};

}  // namespace

int main(int count, char** arguments) {
  Files files;
  CLI::App options("Holds what clients were told against what the upstream did.");
  options.add_option("--heard", files.heard, "what the clients were told")->required();
  options.add_option("--upstream", files.upstream, "what the upstream did")->required();
  options.add_option("--log", files.log, "the relay's log")->required();
  options.add_option("--deeds", files.deeds, "what was done to the relay")->required();
  CLI11_PARSE(options, count, arguments);
  try {
    Judge judge(files);
    judge.run();
    return judge.verdict();
  } catch (const std::exception& error) {
    std::printf("the books cannot be read: %s\n", error.what());
    return EXIT_FAILURE;
  }
}
