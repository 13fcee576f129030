using ContainerChaos.Scenarios.Load;

namespace ContainerChaos.Scenarios.Tests.Load;

public sealed class LogLinearHistogramTests
{
    [Fact]
    public void Quantiles_of_known_values_keep_three_significant_digits()
    {
        var random = new Random(7);
        var values = new long[20_000];
        var histogram = new LogLinearHistogram();
        for (int i = 0; i < values.Length; i++)
        {
            // From microseconds to minutes, evenly over the magnitudes.
            values[i] = (long)Math.Pow(10, 4 + (random.NextDouble() * 7));
            histogram.Record(values[i]);
        }

        Array.Sort(values);
        foreach (double q in new[] { 0, 0.001, 0.25, 0.5, 0.9, 0.99, 0.999, 1 })
        {
            long exact = values[Math.Max(0, (int)Math.Ceiling(q * values.Length) - 1)];
            Assert.InRange(histogram.ValueAt(q), exact, (exact * 1.001) + 1024);
        }

        Assert.Equal(values.Length, histogram.Count);
        Assert.Equal(values[0], histogram.Minimum);
        Assert.Equal(values[^1], histogram.Maximum);
        Assert.Equal(values.Average(), histogram.Mean, 1);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2047)]
    [InlineData(2048)]
    [InlineData(4095)]
    [InlineData(4096)]
    [InlineData(1L << 40)]
    [InlineData((1L << 50) + 12345)]
    public void A_single_value_is_found_in_its_own_bucket(long value)
    {
        var histogram = new LogLinearHistogram(unitShift: 0);
        histogram.Record(value);
        KeyValuePair<long, long> bucket = Assert.Single(histogram.Buckets());
        Assert.InRange(value, bucket.Key, bucket.Key + Math.Max(1, bucket.Key / 1024));
        Assert.Equal(value, histogram.ValueAt(0.5));
    }

    [Fact]
    public void Adding_histograms_equals_recording_into_one()
    {
        LogLinearHistogram a = new(), b = new(), both = new();
        for (int i = 1; i <= 1000; i++)
        {
            (i % 2 == 0 ? a : b).Record(i * 77_777L);
            both.Record(i * 77_777L);
        }

        a.Add(b);
        Assert.Equal(both.Buckets(), a.Buckets());
        Assert.Equal(both.Mean, a.Mean, 3);
        Assert.Equal((both.Minimum, both.Maximum, both.Count), (a.Minimum, a.Maximum, a.Count));
    }

    [Fact]
    public void An_empty_histogram_answers_zero_and_negative_values_count_as_zero()
    {
        var histogram = new LogLinearHistogram();
        Assert.Equal(0, histogram.ValueAt(0.99));
        histogram.Record(-5);
        Assert.Equal((1, 0), (histogram.Count, histogram.Maximum));
    }
}
