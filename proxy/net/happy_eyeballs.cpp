#include "net/happy_eyeballs.h"

#include <algorithm>

namespace truerelay::net {

std::vector<SocketAddress> order_of_attempts(const std::vector<SocketAddress>& addresses) {
  std::vector<SocketAddress> order;
  // Where each family's next address is to be sought.
  auto v6 = addresses.begin();
  auto v4 = addresses.begin();
  const auto next = [&addresses, &order](auto& place, bool want_v4) {
    place = std::find_if(place, addresses.end(), [&order, want_v4](const SocketAddress& address) {
      return address.ip.is_v4() == want_v4 && std::ranges::find(order, address) == order.end();
    });
    if (place != addresses.end() && order.size() < kMostAttempts) {
      order.push_back(*place++);
      return true;
    }
    return false;
  };
  for (bool more = true; more;) {
    const bool one = next(v6, false);
    const bool other = next(v4, true);
    more = one || other;
  }
  return order;
}

Race::Race(io::Clock& clock, io::Executor& executor, io::Cancellation& cancellation,
           Attempts& attempts, std::size_t count)
    : clock_(clock),
      cancellation_(cancellation),
      attempts_(attempts),
      count_(count),
      bell_(clock, executor, cancellation) {}

io::Task<Race::End> Race::run(io::Time deadline) {
  while (true) {
    const io::Time now = clock_.now();
    if (cancellation_.requested()) {
      co_return End::cancelled;
    }
    if (winner_) {
      co_return End::won;
    }
    if (now >= deadline) {
      co_return End::timed_out;
    }
    const bool more = reasons_.size() < count_;
    if (!more && running_ == 0) {
      co_return End::all_failed;
    }
    if (more && now >= next_start_) {
      start_next();
      continue;
    }
    bell_.ring_at(more ? std::min(deadline, next_start_) : deadline);
    co_await bell_.wait();
  }
}

void Race::start_next() {
  const std::size_t index = reasons_.size();
  reasons_.emplace_back();
  ++running_;
  next_start_ = clock_.now() + kAttemptDelay;
  attempts_.start(index, *this);
}

void Race::succeeded(std::size_t index) {
  if (!winner_) {
    winner_ = index;
  }
  bell_.ring();
}

void Race::failed(std::size_t index, std::string why) {
  reasons_[index] = std::move(why);
  --running_;
  next_start_ = clock_.now();
  bell_.ring();
}

}  // namespace truerelay::net
