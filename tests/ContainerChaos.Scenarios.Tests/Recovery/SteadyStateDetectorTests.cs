using ContainerChaos.Scenarios.Load;
using ContainerChaos.Scenarios.Recovery;
using static ContainerChaos.Scenarios.Tests.Recovery.Observed;

namespace ContainerChaos.Scenarios.Tests.Recovery;

public sealed class SteadyStateDetectorTests
{
    [Fact]
    public void A_window_counts_only_when_every_arrival_of_it_was_answered()
    {
        var schedule = new ArrivalSchedule(At(0), 1000);
        var detector = new SteadyStateDetector(At(0), schedule, new(TimeSpan.FromMilliseconds(10), 3, TimeSpan.FromMilliseconds(5)));
        List<LoadSample> samples = Samples(schedule, 1e6, 1e6, 30);
        LoadSample held = samples[15];
        samples.RemoveAt(15);
        foreach (LoadSample sample in samples)
            Assert.False(detector.Add(sample));
        Assert.True(detector.Add(held));
        Assert.Equal(At(0), detector.SteadySince);
    }

    [Fact]
    public void Windows_without_arrivals_do_not_break_a_stretch()
    {
        var schedule = new ArrivalSchedule(At(0), 20);
        var detector = new SteadyStateDetector(At(0), schedule, new(TimeSpan.FromMilliseconds(10), 11, TimeSpan.FromMilliseconds(5)));
        foreach (LoadSample sample in Samples(schedule, 1e6, 1e6, 101))
            detector.Add(sample);
        Assert.Equal(At(0), detector.SteadySince);
    }
}
