#include "sandbox/orders.h"

#include <gtest/gtest.h>

#include <string>

namespace truerelay::sandbox {
namespace {

using Kind = Order::Kind;
using std::chrono::seconds;

TEST(Orders, ANameThatOrdersNothingIsAnOrdinaryMailbox) {
  for (const char* name : {"anna", "", "refuse", "slow", "dropbox", "throttle2", "deferred"}) {
    EXPECT_EQ(parse_order(name), Order{}) << name;
  }
}

TEST(Orders, ACodeIsTakenFromTheName) {
  EXPECT_EQ(parse_order("refuse-550"), (Order{.kind = Kind::answer, .code = 550}));
  EXPECT_EQ(parse_order("defer-451"), (Order{.kind = Kind::answer, .code = 451}));
  EXPECT_EQ(parse_order("refuse-data-554"), (Order{.kind = Kind::answer_data, .code = 554}));
  EXPECT_EQ(parse_order("defer-data-451"), (Order{.kind = Kind::answer_data, .code = 451}));
  EXPECT_EQ(parse_order("early-refuse-552"), (Order{.kind = Kind::answer_early, .code = 552}));
  EXPECT_EQ(parse_order("early-defer-452"), (Order{.kind = Kind::answer_early, .code = 452}));
}

TEST(Orders, ADelayIsTakenFromTheName) {
  EXPECT_EQ(parse_order("slow-20s"), (Order{.kind = Kind::wait, .delay = seconds(20)}));
  EXPECT_EQ(parse_order("slow-data-3600s"),
            (Order{.kind = Kind::wait_data, .delay = kLongestOrderedDelay}));
}

TEST(Orders, AWordIsAnOrderWhateverItsCase) {
  EXPECT_EQ(parse_order("Drop").kind, Kind::drop);
  EXPECT_EQ(parse_order("DROP-DATA").kind, Kind::drop_data);
  EXPECT_EQ(parse_order("drop-after-accept").kind, Kind::drop_after_accept);
  EXPECT_EQ(parse_order("Throttle"), (Order{.kind = Kind::answer_data, .code = 432}));
}

TEST(Orders, WhatOnlyLooksLikeAnOrderIsSaidToBeMisspelt) {
  for (const char* name :
       {"refuse-", "refuse-450", "refuse-250", "refuse-5500", "refuse-560", "refuse-+55",
        "defer-550", "defer-data-", "refuse-data-55x", "slow-", "slow-20", "slow-0s", "slow-s",
        "slow--5s", "slow-3601s", "slow-99999999999s", "drop-dta", "early-refuse-450"}) {
    EXPECT_EQ(parse_order(name).kind, Kind::misspelt) << name;
  }
}

TEST(Orders, EveryOrderThatIsDescribedIsUnderstood) {
  for (const OrderDescription& description : order_descriptions()) {
    std::string name(description.pattern);
    const bool defers = name.find("defer") != std::string::npos;
    if (const std::size_t at = name.find("CODE"); at != std::string::npos) {
      name.replace(at, 4, defers ? "451" : "550");
    }
    if (const std::size_t at = name.find("Ns"); at != std::string::npos) {
      name.replace(at, 2, "20s");
    }
    const Kind kind = parse_order(name).kind;
    EXPECT_NE(kind, Kind::none) << name;
    EXPECT_NE(kind, Kind::misspelt) << name;
  }
}

}  // namespace
}  // namespace truerelay::sandbox
