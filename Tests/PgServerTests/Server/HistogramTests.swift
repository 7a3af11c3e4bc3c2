import Testing

@testable import PgServer

@Suite("A histogram")
struct HistogramTests {
    @Test("counts a duration in the bucket whose bound it does not pass")
    func buckets() {
        for (index, bound) in Histogram.boundsMicroseconds.enumerated() {
            var histogram = Histogram()
            histogram.add(microseconds: bound)
            #expect(histogram.counts[index] == 1)
            histogram.add(microseconds: bound + 1)
            #expect(histogram.counts[index + 1] == 1)
            #expect(histogram.sumMicroseconds == 2 * bound + 1)
        }
    }

    @Test("has its bounds in rising order, and as texts in seconds")
    func bounds() {
        #expect(Histogram.boundsMicroseconds == Histogram.boundsMicroseconds.sorted())
        #expect(Histogram.boundTexts.map { Double($0) } == Histogram.boundsMicroseconds.map { Double($0) / 1_000_000 })
        #expect(Histogram().counts.count == Histogram.boundTexts.count + 1)
    }

    @Test("adds up with another one")
    func sum() {
        var (one, other) = (Histogram(), Histogram())
        one.add(microseconds: 400)
        other.add(microseconds: 400)
        other.add(microseconds: 20_000_000)
        one.add(other)
        #expect(one.counts.first == 2)
        #expect(one.counts.last == 1)
        #expect(one.sumMicroseconds == 20_000_800)
    }
}

@Suite("Prometheus' text")
struct PrometheusTextTests {
    @Test("opens a family with its help and type, and writes samples with labels")
    func samples() {
        var text = PrometheusText()
        text.family("a_total", .counter, "What is counted.")
        text.sample("a_total", 3)
        text.sample("a_total", [("route", "/x"), ("status", "200")], 4)
        #expect(
            String(decoding: text.bytes, as: UTF8.self) == """
                # HELP a_total What is counted.
                # TYPE a_total counter
                a_total 3
                a_total{route="/x",status="200"} 4

                """)
    }

    @Test("escapes what would end a label")
    func escaped() {
        var text = PrometheusText()
        text.sample("a", [("l", "\"\\\n")], 1)
        #expect(String(decoding: text.bytes, as: UTF8.self) == #"a{l="\"\\\n"} 1"# + "\n")
    }

    @Test("writes a histogram's buckets as running sums that end in all")
    func histogram() {
        var histogram = Histogram()
        for microseconds: Int64 in [1, 600, 600, 11_000_000] { histogram.add(microseconds: microseconds) }
        var text = PrometheusText()
        text.histogram("d", [("r", "x")], histogram)
        let lines = String(decoding: text.bytes, as: UTF8.self).split(separator: "\n")
        #expect(lines.first == #"d_bucket{r="x",le="0.0005"} 1"#)
        #expect(lines[1] == #"d_bucket{r="x",le="0.001"} 3"#)
        #expect(lines[12] == #"d_bucket{r="x",le="10"} 3"#)
        #expect(lines[13] == #"d_bucket{r="x",le="+Inf"} 4"#)
        #expect(lines[14] == #"d_sum{r="x"} 11.001201"#)
        #expect(lines[15] == #"d_count{r="x"} 4"#)
    }

    @Test("writes seconds with six decimals", arguments: [(0, "0.000000"), (1, "0.000001"), (1_500_000, "1.500000")])
    func seconds(_ microseconds: Int64, _ text: String) {
        #expect(PrometheusText.seconds(microseconds) == text)
    }
}
