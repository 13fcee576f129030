using ContainerChaos.Scenarios.Recovery;

namespace ContainerChaos.Scenarios.Tests.Recovery;

public sealed class BootstrapTests
{
    [Fact]
    public void Quantiles_of_known_values_are_interpolated_between_order_statistics()
    {
        double[] sorted = [1, 2, 3, 4, 5];
        Assert.Equal(1, Bootstrap.Quantile(sorted, 0));
        Assert.Equal(3, Bootstrap.Quantile(sorted, 0.5));
        Assert.Equal(4.8, Bootstrap.Quantile(sorted, 0.95), 9);
        Assert.Equal(5, Bootstrap.Quantile(sorted, 1));
        Assert.True(double.IsNaN(Bootstrap.Quantile([], 0.5)));
    }

    [Fact]
    public void Censored_trials_are_counted_and_push_the_upper_quantiles_out_of_sight()
    {
        Distribution d = Bootstrap.Summarise([10, null, 12, 11, 13], seed: 1);
        Assert.Equal((5, 1), (d.Count, d.Censored));
        Assert.Equal(12, d.P50.Value);
        Assert.Null(d.P95.Value);
        Assert.Null(d.Maximum);
        Assert.Equal(10, d.Minimum);
    }

    [Fact]
    public void When_most_trials_are_censored_the_median_is_unknown()
    {
        Distribution d = Bootstrap.Summarise([10, null, null, null, 12], seed: 1);
        Assert.Null(d.P50.Value);
        Assert.Equal(11, d.Mean);
    }

    [Fact]
    public void The_same_seed_gives_the_same_interval_and_another_seed_nearly_the_same()
    {
        double?[] values = [.. Enumerable.Range(0, 50).Select(i => (double?)(100 + (i * 7 % 31)))];
        Distribution a = Bootstrap.Summarise(values, 5), b = Bootstrap.Summarise(values, 5), c = Bootstrap.Summarise(values, 6);
        Assert.Equal(a.P50, b.P50);
        Assert.Equal(a.P50.Low!.Value, c.P50.Low!.Value, 3.0);
    }

    [Fact]
    public void The_interval_holds_the_true_median_about_as_often_as_it_claims()
    {
        // Exponential with mean 100: its median is 100 ln 2.
        var random = new Random(3);
        const int experiments = 300;
        int held = 0;
        for (int e = 0; e < experiments; e++)
        {
            double?[] values = [.. Enumerable.Range(0, 30).Select(_ => (double?)(-100 * Math.Log(1 - random.NextDouble())))];
            QuantileEstimate median = Bootstrap.Summarise(values, e).P50;
            if (median.Low <= 100 * Math.Log(2) && 100 * Math.Log(2) <= median.High)
                held++;
        }

        Assert.InRange(held / (double)experiments, 0.90, 0.99);
    }

    [Fact]
    public void The_interval_of_a_constant_is_that_constant_and_of_nothing_is_nothing()
    {
        Assert.Equal(new QuantileEstimate(7, 7, 7), Bootstrap.Summarise([7, 7, 7], 1).P99);
        Assert.Equal(default, Bootstrap.Summarise([], 1).P50);
    }
}
