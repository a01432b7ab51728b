// Tables of bytes: each is fed whole, and one byte at a time.

#include <gtest/gtest.h>

#include <cstdint>
#include <optional>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include "http/parsers.h"

namespace truerelay::http {
namespace {

constexpr std::size_t kLongestBody = 100;

enum class Ending { open, closed };

struct Parsed {
  std::optional<io::Failure> failure;
  std::optional<Response> answer;
};

Parsed parse(std::string_view bytes, std::size_t piece, Ending ending,
             ResponseParser::Body body = ResponseParser::Body::as_announced) {
  ResponseParser parser(kLongestBody, body);
  Parsed parsed;
  while (!bytes.empty() && !parser.complete()) {
    const io::Result<void> taken = parser.take(bytes.substr(0, piece));
    bytes.remove_prefix(std::min(piece, bytes.size()));
    if (!taken) {
      parsed.failure = taken.error();
      return parsed;
    }
  }
  if (!parser.complete() && ending == Ending::closed) {
    const io::Result<void> ended = parser.end();
    if (!ended) {
      parsed.failure = ended.error();
      return parsed;
    }
  }
  if (parser.complete()) {
    parsed.answer = parser.answer();
  }
  return parsed;
}

const std::vector<std::size_t> kPieces = {std::string_view::npos, 1, 7};

std::string repeated(std::string_view text, std::size_t times) {
  std::string all;
  for (std::size_t i = 0; i < times; ++i) {
    all += text;
  }
  return all;
}

TEST(ResponseParser, FindsTheBodyHoweverItIsFramed) {
  struct Case {
    const char* what;
    std::string bytes;
    Ending ending = Ending::open;
  };
  const std::string chunked = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
  const std::vector<Case> cases = {
      {"a length", "HTTP/1.1 200 OK\r\nContent-Length: 8\r\n\r\n{\"a\":1}\n"},
      {"a length, more behind it",
       "HTTP/1.1 200 OK\r\nContent-Length: 8\r\n\r\n{\"a\":1}\nHTTP/1.1"},
      {"one chunk", chunked + "8\r\n{\"a\":1}\n\r\n0\r\n\r\n"},
      {"chunks", chunked + "3\r\n{\"a\r\n1;x=y\r\n\"\r\n04\r\n:1}\n\r\n0\r\nTrailer: 1\r\n\r\n"},
      {"the end of the stream", "HTTP/1.1 200 OK\r\n\r\n{\"a\":1}\n", Ending::closed},
      {"the end, HTTP/1.0", "HTTP/1.0 200 OK\r\n\r\n{\"a\":1}\n", Ending::closed},
      {"after interim answers",
       "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early\r\nLink: x\r\n\r\n"
       "HTTP/1.1 200 OK\r\nContent-Length: 8\r\n\r\n{\"a\":1}\n"},
      {"no reason", "HTTP/1.1 200 \r\nContent-Length: 8\r\n\r\n{\"a\":1}\n"},
  };
  for (const Case& each : cases) {
    for (const std::size_t piece : kPieces) {
      SCOPED_TRACE(std::string(each.what) + " in pieces of " + std::to_string(piece));
      const Parsed parsed = parse(each.bytes, piece, each.ending);
      ASSERT_TRUE(parsed.answer) << (parsed.failure ? parsed.failure->detail : "incomplete");
      EXPECT_EQ(parsed.answer->status, 200);
      EXPECT_EQ(parsed.answer->body.reveal(), "{\"a\":1}\n");
    }
  }
}

TEST(ResponseParser, GivesStatusReasonAndHeaders) {
  for (const std::size_t piece : kPieces) {
    const Parsed parsed = parse(
        "HTTP/1.1 429 Too Many Requests\r\nretry-AFTER:  120 \r\nX:\r\nDate: a\tb\r\n"
        "Content-Length: 0\r\n\r\n",
        piece, Ending::open);
    ASSERT_TRUE(parsed.answer);
    EXPECT_EQ(parsed.answer->status, 429);
    EXPECT_EQ(parsed.answer->reason, "Too Many Requests");
    ASSERT_NE(find(parsed.answer->headers, "Retry-After"), nullptr);
    EXPECT_EQ(*find(parsed.answer->headers, "Retry-After"), "120");
    EXPECT_EQ(*find(parsed.answer->headers, "x"), "");
    EXPECT_EQ(find(parsed.answer->headers, "Location"), nullptr);
    EXPECT_TRUE(parsed.answer->body.empty());
  }
}

TEST(ResponseParser, NeedsNoBodyWhereThereIsNone) {
  for (const char* bytes : {"HTTP/1.1 204 No Content\r\n\r\n",
                            "HTTP/1.1 304 Not Modified\r\nContent-Length: 5\r\n\r\n"}) {
    for (const std::size_t piece : kPieces) {
      EXPECT_TRUE(parse(bytes, piece, Ending::open).answer) << bytes;
    }
  }
  // A 2xx to CONNECT (RFC 9110 section 9.3.6).
  for (const std::size_t piece : kPieces) {
    EXPECT_TRUE(parse("HTTP/1.1 200 Established\r\nContent-Length: 999999\r\n\r\n", piece,
                      Ending::open, ResponseParser::Body::none)
                    .answer);
  }
}

TEST(ResponseParser, RefusesWhatIsNoHttpOrContradictsItself) {
  const std::string ok = "HTTP/1.1 200 OK\r\n";
  const std::string chunked = ok + "Transfer-Encoding: chunked\r\n\r\n";
  struct Case {
    std::string bytes;
    const char* detail;
  };
  const std::vector<Case> cases = {
      {"220 mail.example ESMTP\r\n", "it does not begin as HTTP does"},
      {"<!DOCTYPE html><html>", "it does not begin as HTTP does"},
      {"\r\n\r\n", "it does not begin as HTTP does"},
      {"\x15\x03\x03\x00\x02\x02\x28", "it does not begin as HTTP does"},
      {"HTTP/2.0 200 OK\r\n\r\n", "it does not begin as HTTP does"},
      {"HTTP/0.9 200 OK\r\n\r\n", "it does not begin as HTTP does"},
      {"ICY 200 OK\r\n\r\n", "it does not begin as HTTP does"},
      {"HTTP/1.1 20 OK\r\n\r\n", "it does not begin as HTTP does"},
      {"HTTP/1.1 2000 OK\r\n\r\n", "it does not begin as HTTP does"},
      {"HTTP/1.1 099 OK\r\n\r\n", "it does not begin as HTTP does"},
      {"HTTP/1.1 200 O\x01K\r\n\r\n", "it does not begin as HTTP does"},
      {"HTTP/1.1 101 Switching\r\n\r\n", "it does not begin as HTTP does"},
      {ok + "No colon\r\n\r\n", "its header is malformed"},
      {ok + ": no name\r\n\r\n", "its header is malformed"},
      {ok + "Blank : 1\r\n\r\n", "its header is malformed"},
      {ok + std::string("Nul: a\0b\r\n\r\n", 12), "its header is malformed"},
      {ok + "Escape: a\x1B[2J\r\n\r\n", "its header is malformed"},
      {ok + "Delete: a\x7F\r\n\r\n", "its header is malformed"},
      {ok + "Bare: a\rb\r\n\r\n", "its header is malformed"},
      {ok + "Content-Length: 5\r\nContent-Length: 6\r\n\r\n",
       "it contradicts itself about its length"},
      {ok + "Content-Length: 5\r\nContent-Length: 5\r\n\r\n",
       "it contradicts itself about its length"},
      {ok + "Content-Length: 5, 6\r\n\r\n", "it contradicts itself about its length"},
      {ok + "Content-Length: -1\r\n\r\n", "it contradicts itself about its length"},
      {ok + "Content-Length: 5x\r\n\r\n", "it contradicts itself about its length"},
      {ok + "Content-Length: 99999999999999999999999\r\n\r\n",
       "it contradicts itself about its length"},
      {ok + "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n",
       "it contradicts itself about its length"},
      {ok + "Transfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n",
       "it contradicts itself about its length"},
      {ok + "Transfer-Encoding: gzip, chunked\r\n\r\n", "it contradicts itself about its length"},
      {ok + "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n",
       "it contradicts itself about its length"},
      {ok + "Transfer-Encoding: xchunked\r\n\r\n", "it contradicts itself about its length"},
      {"HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n",
       "it contradicts itself about its length"},
      {chunked + "x\r\n\r\n", "its chunks are malformed"},
      {chunked + "-1\r\nx", "its chunks are malformed"},
      {chunked + "1\r\nab\r\n0\r\n\r\n", "its chunks are malformed"},
      {chunked + "FFFFFFFFFFFFFFFFF\r\n", "its chunks are malformed"},
  };
  for (const Case& each : cases) {
    for (const std::size_t piece : kPieces) {
      SCOPED_TRACE(each.bytes);
      const Parsed parsed = parse(each.bytes, piece, Ending::open);
      ASSERT_TRUE(parsed.failure) << "in pieces of " << piece;
      EXPECT_EQ(parsed.failure->kind, io::Failure::Kind::malformed);
      EXPECT_EQ(parsed.failure->detail, each.detail) << "in pieces of " << piece;
    }
  }
}

TEST(ResponseParser, RefusesWhatEndsTooEarly) {
  const std::string chunked = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
  const std::vector<std::string> whole = {
      "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello",
      chunked + "5\r\nhello\r\n0\r\n\r\n",
      "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 204 No Content\r\n\r\n",
  };
  for (const std::string& bytes : whole) {
    for (std::size_t length = 0; length < bytes.size(); ++length) {
      for (const std::size_t piece : kPieces) {
        const Parsed parsed = parse(bytes.substr(0, length), piece, Ending::closed);
        EXPECT_TRUE(parsed.failure) << bytes.substr(0, length);
        EXPECT_FALSE(parsed.answer);
      }
    }
  }
}

TEST(ResponseParser, BoundsWhateverCouldGoOnForEver) {
  const std::string ok = "HTTP/1.1 200 OK\r\n";
  const std::string chunked = ok + "Transfer-Encoding: chunked\r\n\r\n";
  struct Case {
    const char* what;
    std::string bytes;
  };
  const std::vector<Case> cases = {
      {"a long status line", "HTTP/1.1 200 " + std::string(kLongestHeader, 'x')},
      {"a long field", ok + "X: " + std::string(kLongestHeader, 'x')},
      {"a long name", ok + std::string(kLongestHeader, 'x')},
      {"many fields", ok + repeated("X: 1\r\n", kMostFields + 1) + "\r\n"},
      {"folded lines", ok + "X: 1\r\n" + repeated(" 1\r\n", kLongestHeader / 4)},
      {"a long body", ok + "Content-Length: 101\r\n\r\n"},
      {"a long body to the end", ok + "\r\n" + std::string(kLongestBody + 1, 'x')},
      {"a long chunk", chunked + "65\r\nx"},
      {"many chunks", chunked + repeated("1\r\nx\r\n", kLongestBody + 1)},
      {"a long chunk extension", chunked + "1;" + std::string(kLongestHeader, 'x')},
      {"a long chunk size", chunked + std::string(kLongestHeader + 1000, '0')},
      {"many chunk extensions",
       chunked + repeated("1;" + std::string(1000, 'x') + "\r\nx\r\n", kLongestBody - 1)},
      {"trailers", chunked + "0\r\n" + repeated("X: 1\r\n", kLongestHeader / 6 + 1)},
  };
  for (const Case& each : cases) {
    for (const std::size_t piece : kPieces) {
      SCOPED_TRACE(each.what);
      const Parsed parsed = parse(each.bytes, piece, Ending::open);
      ASSERT_TRUE(parsed.failure) << "in pieces of " << piece;
      EXPECT_EQ(parsed.failure->kind, io::Failure::Kind::too_long) << parsed.failure->detail;
    }
  }
}

// Beast bounds what it waits for; a header that comes line by line never makes it wait.
TEST(ResponseParser, BoundsAHeaderThatComesLineByLine) {
  ResponseParser parser(kLongestBody);
  ASSERT_TRUE(parser.take("HTTP/1.1 200 OK\r\n"));
  const std::string line = "X: " + std::string(1000, 'x') + "\r\n";
  io::Result<void> taken;
  std::size_t octets = 0;
  while (taken && octets < 4 * kLongestHeader) {
    taken = parser.take(line);
    octets += line.size();
  }
  ASSERT_FALSE(taken);
  EXPECT_EQ(taken.error().kind, io::Failure::Kind::too_long);
  EXPECT_LE(octets, kLongestHeader + 2 * line.size());
}

TEST(ResponseParser, EndsAFloodOfInterimAnswers) {
  for (const std::size_t piece : kPieces) {
    const Parsed parsed = parse(repeated("HTTP/1.1 100 Continue\r\n\r\n", 9), piece, Ending::open);
    ASSERT_TRUE(parsed.failure);
    EXPECT_EQ(parsed.failure->kind, io::Failure::Kind::malformed);
  }
}

// Answers put together at random from what matters to a parser, whole and in random pieces.
TEST(ResponseParser, FindsTheSameHoweverTheBytesAreCut) {
  const std::vector<std::string> words = {"HTTP/1.1 200 OK\r\n",
                                          "HTTP/1.1 100 Continue\r\n\r\n",
                                          "HTTP/1.0 404 No\r\n",
                                          "\r\n",
                                          "\r",
                                          "\n",
                                          "\r\n\r\n",
                                          "Content-Length: 5\r\n",
                                          "Content-Length: 0\r\n",
                                          "Transfer-Encoding: chunked\r\n",
                                          "X: y\r\n",
                                          " folded\r\n",
                                          "0\r\n",
                                          "0\r\n\r\n",
                                          "5\r\nhello\r\n",
                                          "1;a=\"b\"\r\nx\r\n",
                                          "hello",
                                          ":",
                                          ";",
                                          "0",
                                          "\x01",
                                          std::string(1, '\0'),
                                          std::string(200, 'z')};
  std::size_t answers = 0;
  for (std::uint64_t seed = 1; seed <= 20'000; ++seed) {
    SCOPED_TRACE(testing::Message() << "seed " << seed);
    std::mt19937_64 random(seed);
    std::string bytes = random() % 8 > 0 ? words[0] : "";
    if (random() % 2 > 0) {
      bytes += words[7 + random() % 3] + "\r\n";
    }
    for (std::uint64_t left = random() % 8; left > 0; --left) {
      bytes += words[random() % words.size()];
    }
    const Parsed whole = parse(bytes, std::string_view::npos, Ending::closed);
    const Parsed cut = parse(bytes, 1 + random() % 9, Ending::closed);
    ASSERT_EQ(whole.answer.has_value(), cut.answer.has_value()) << bytes;
    if (whole.answer) {
      ++answers;
      EXPECT_EQ(whole.answer->status, cut.answer->status);
      EXPECT_EQ(whole.answer->headers.size(), cut.answer->headers.size());
      EXPECT_EQ(whole.answer->body.reveal(), cut.answer->body.reveal());
    }
  }
  EXPECT_GT(answers, 1000U);
}

TEST(ResponseParser, NeverQuotesWhatItRefuses) {
  for (const char* bytes : {"canary", "HTTP/1.1 200 canary\r\ncanary\r\n\r\n",
                            "HTTP/1.1 200 OK\r\nContent-Length: canary\r\n\r\n",
                            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\ncanary\r\n"}) {
    const Parsed parsed = parse(bytes, std::string_view::npos, Ending::closed);
    ASSERT_TRUE(parsed.failure) << bytes;
    EXPECT_EQ(parsed.failure->detail.find("canary"), std::string::npos);
  }
}

}  // namespace
}  // namespace truerelay::http
