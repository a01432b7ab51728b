#include "tests/simulation/trace.h"

#include <gtest/gtest.h>

#include "tests/simulation/link.h"
#include "tests/simulation/probe.h"

namespace truerelay::simulation {
namespace {

TEST(Trace, MakesOneLineOfNeighboursAndEscapesThem) {
  World world(1);
  Trace trace(world);
  trace.arrived("erp-1", Direction::to_server, "EHLO ");
  world.run_for(std::chrono::milliseconds(1500));
  trace.arrived("erp-1", Direction::to_server, "a.example\r\n");
  trace.arrived("erp-1", Direction::to_client, "250 ok\r\n");
  trace.arrived("up-1", Direction::to_client, "220 x\r\n");
  trace.note("oracle", "is content");
  EXPECT_EQ(trace.text(),
            "        0.000000 s  erp-1 to the server: \"EHLO a.example\\x0D\\x0A\"\n"
            "        1.500000 s  erp-1 to the client: \"250 ok\\x0D\\x0A\"\n"
            "        1.500000 s  up-1 to the client: \"220 x\\x0D\\x0A\"\n"
            "        1.500000 s  oracle is content\n");
}

TEST(Trace, TellsTheStoryOfALink) {
  World world(1);
  Trace trace(world);
  LinkOptions options{.conditions = {}, .faults = {}, .name = "erp-1", .trace = &trace};
  options.faults.list.push_back({.kind = Fault::Kind::reset, .at = 4});
  LinkEnds ends = make_link(world, options);
  const WriteProbe write(*ends.client, "QUIT\r\n");
  const ReadProbe read(*ends.server);
  world.run();
  ends.server->close();
  EXPECT_EQ(trace.text(),
            "        0.000101 s  erp-1 to the server: \"QUIT\"\n"
            "        0.000102 s  erp-1 loses 2 bytes to the server\n"
            "        0.000102 s  erp-1 is struck: reset at byte 4 to the server\n"
            "        0.000102 s  erp-1 server learns of a reset\n"
            "        0.000203 s  erp-1 client learns of a reset\n"
            "        0.000203 s  erp-1 server closes\n");
}

}  // namespace
}  // namespace truerelay::simulation
