using ContainerChaos.Scenarios.Load;

namespace ContainerChaos.Scenarios.Tests.Load;

public sealed class ArrivalPatternTests
{
    private const long Second = 1_000_000_000;
    private const long Start = 1_234_567_891;

    private static readonly ArrivalPattern[] s_patterns =
    [
        new ConstantArrivals(333.3),
        new RampArrivals(0, 1000, TimeSpan.FromSeconds(2)),
        new RampArrivals(2000, 50, TimeSpan.FromSeconds(1.5)),
        new SpikeArrivals(100, 3000, TimeSpan.FromSeconds(1), TimeSpan.FromMilliseconds(300)),
        new PoissonArrivals(700, 5),
        new ReplayArrivals(((int[])[0, 10, 25, 40, 41, 700]).Select(ms => TimeSpan.FromMilliseconds(ms))),
    ];

    public static TheoryData<int> Patterns => [.. Enumerable.Range(0, s_patterns.Length)];

    [Theory]
    [MemberData(nameof(Patterns))]
    public void Windows_that_touch_share_every_arrival_out_exactly_once(int pattern)
    {
        var schedule = new ArrivalSchedule(Start, s_patterns[pattern]);
        const long window = 7_777_777;
        long sum = 0;
        for (int i = 0; i < 500; i++)
            sum += schedule.CountBetween(Start + (i * window), Start + ((i + 1) * window));
        Assert.Equal(schedule.CountBetween(Start, Start + (500 * window)), sum);
        Assert.True(sum > 20, $"{sum} arrivals");
        Assert.True(schedule.IsKnownUntil(long.MaxValue));
    }

    [Theory]
    [MemberData(nameof(Patterns))]
    public void Arrivals_come_in_order_and_the_first_at_the_time_of_one_is_itself(int pattern)
    {
        var schedule = new ArrivalSchedule(Start, s_patterns[pattern]);
        long before = -1;
        for (long i = 0; i < 5000; i++)
        {
            long time = schedule.TimeOf(i);
            Assert.True(time > before, $"arrival {i} at {time} after one at {before}");
            Assert.Equal(i, schedule.IndexAtOrAfter(time));
            before = time;
        }
    }

    [Fact]
    public void A_ramp_sends_what_the_integral_of_its_rate_comes_to_and_then_stays()
    {
        var ramp = new ArrivalSchedule(Start, new RampArrivals(0, 1000, TimeSpan.FromSeconds(2)));
        Assert.InRange(ramp.CountBetween(Start, Start + Second), 250, 251);
        Assert.InRange(ramp.CountBetween(Start, Start + (2 * Second)), 1000, 1001);
        Assert.InRange(ramp.CountBetween(Start + (2 * Second), Start + (5 * Second)), 2999, 3001);
        var down = new ArrivalSchedule(Start, new RampArrivals(1000, 100, TimeSpan.FromSeconds(1)));
        Assert.InRange(down.CountBetween(Start, Start + Second), 550, 551);
        Assert.InRange(down.CountBetween(Start + Second, Start + (2 * Second)), 99, 101);
    }

    [Fact]
    public void A_spike_is_where_and_as_high_as_it_is_told()
    {
        var spike = new ArrivalSchedule(Start, new SpikeArrivals(100, 3000, TimeSpan.FromSeconds(1), TimeSpan.FromMilliseconds(300)));
        Assert.InRange(spike.CountBetween(Start, Start + Second), 100, 101);
        Assert.InRange(spike.CountBetween(Start + Second, Start + (Second * 13 / 10)), 899, 901);
        Assert.InRange(spike.CountBetween(Start + (Second * 13 / 10), Start + (Second * 33 / 10)), 199, 201);
    }

    [Fact]
    public void Poisson_arrivals_of_a_seed_are_the_same_again_and_their_gaps_are_exponential()
    {
        const int n = 20_000;
        double[] gaps = Gaps(new PoissonArrivals(700, 5));
        Assert.Equal(gaps, Gaps(new PoissonArrivals(700, 5)));
        Assert.NotEqual(gaps, Gaps(new PoissonArrivals(700, 6)));
        double mean = gaps.Average();
        Assert.InRange(mean, 1e9 / 700 * 0.97, 1e9 / 700 * 1.03);
        // Of an exponential distribution the standard deviation is the mean, and a share of 1 - 1/e is below it.
        Assert.InRange(Math.Sqrt(gaps.Average(g => (g - mean) * (g - mean))) / mean, 0.97, 1.03);
        Assert.InRange(gaps.Count(g => g < mean) / (double)n, 0.62, 0.645);

        double[] Gaps(ArrivalPattern pattern)
        {
            var schedule = new ArrivalSchedule(0, pattern);
            return [.. Enumerable.Range(0, n).Select(i => (double)(schedule.TimeOf(i + 1) - schedule.TimeOf(i)))];
        }
    }

    [Fact]
    public void A_recording_is_read_as_seconds_or_dates_and_plays_again_after_its_mean_distance()
    {
        string file = Path.GetTempFileName();
        try
        {
            File.WriteAllText(file, "# when, what\n1700000000.5,GET /\n\n1700000000.25\tGET /b\n1700000001.25 x\n");
            var seconds = ReplayArrivals.Read(file);
            Assert.Equal([0, 250, 1000], seconds.Offsets.Select(o => o.TotalMilliseconds));
            var schedule = new ArrivalSchedule(Start, seconds);
            Assert.Equal([0, 250, 1000, 1500, 1750, 2500], Enumerable.Range(0, 6).Select(i => (schedule.TimeOf(i) - Start) / 1_000_000));

            File.WriteAllText(file, "2026-11-27T10:00:01.5Z GET /\n2026-11-27T11:00:01+01:00\n");
            var once = ReplayArrivals.Read(file, repeat: false);
            Assert.Equal([0, 500], once.Offsets.Select(o => o.TotalMilliseconds));
            var ends = new ArrivalSchedule(Start, once);
            Assert.Equal(long.MaxValue, ends.TimeOf(2));
            Assert.Equal(2, ends.CountBetween(0, Start + (100 * Second)));

            File.WriteAllText(file, "1\nlater\n");
            Assert.Contains($"{file}:2: 'later'", Assert.Throws<FormatException>(() => ReplayArrivals.Read(file)).Message);
            File.WriteAllText(file, "1\n1\n");
            Assert.Throws<ArgumentException>(() => ReplayArrivals.Read(file));
        }
        finally
        {
            File.Delete(file);
        }
    }

    [Fact]
    public void A_value_out_of_range_is_named()
    {
        Assert.Equal("rate", Named(new ConstantArrivals(0)));
        Assert.Equal("rate", Named(new ConstantArrivals(double.NaN)));
        Assert.Equal("from", Named(new RampArrivals(-1, 10, TimeSpan.FromSeconds(1))));
        Assert.Equal("over", Named(new RampArrivals(1, 10, TimeSpan.Zero)));
        Assert.Equal("peak", Named(new SpikeArrivals(1, 1e9, TimeSpan.Zero, TimeSpan.FromSeconds(1))));
        Assert.Equal("for", Named(new SpikeArrivals(1, 10, TimeSpan.Zero, TimeSpan.Zero)));
        Assert.Equal("workers", Named(new ClosedLoop(0)));

        static string? Named(ArrivalPattern pattern) => Assert.Throws<ArgumentException>(pattern.Validate).ParamName;
    }
}
