using ContainerChaos.Scenarios.Load;
using ContainerChaos.Scenarios.Recovery;
using ContainerChaos.Supervisor;
using static ContainerChaos.Scenarios.Tests.Recovery.Observed;

namespace ContainerChaos.Scenarios.Tests.Recovery;

public sealed class RecoveryAnalysisTests
{
    private static readonly ArrivalSchedule s_schedule = new(At(-200), 500);

    [Fact]
    public void Every_stage_of_a_crash_with_back_off_has_its_moment()
    {
        RecoveryStamps stamps = RecoveryAnalysis.Compute(Crash(
            s_schedule,
            Samples(s_schedule, down: 3, up: 115, end: 400),
            400,
            Event(EventTypes.Die, 4, ("exitCode", "137")),
            Event(EventTypes.BackOff, 4.5, ("delayMs", "100")),
            Event(EventTypes.Start, 108)) with
        { Died = At(3.2) });
        Assert.Equal(At(0), stamps.Injected);
        Assert.Equal(At(4.1), stamps.FirstFailure);
        Assert.Equal(At(3.2), stamps.Died);
        Assert.Equal(At(4), stamps.ExitSeen);
        Assert.Equal(At(104.5), stamps.BackOffEnds);
        Assert.Equal(At(108), stamps.Started);
        Assert.Equal(At(117), stamps.FirstSuccess);
        Assert.Equal(stamps.FirstSuccess, stamps.Healthy);
        Assert.InRange(stamps.Steady!.Value, At(117), At(137));
        Assert.True(stamps.Recovered);
    }

    [Fact]
    public void For_any_outage_the_first_success_is_right_within_one_arrival_and_the_stages_are_in_order()
    {
        var random = new Random(11);
        for (int n = 0; n < 500; n++)
        {
            double rate = 100 + (random.NextDouble() * 900);
            double down = random.NextDouble() * 50;
            double up = down + 1 + (random.NextDouble() * 1000);
            var schedule = new ArrivalSchedule(At(-100), rate);
            double start = down + ((up - down) * random.NextDouble());
            List<LoadSample> samples = Samples(schedule, down, up, up + 300);
            // The order of completion is not the order of sending.
            LoadSample[] shuffled = [.. samples];
            random.Shuffle(shuffled);
            RecoveryStamps stamps = RecoveryAnalysis.Compute(Crash(
                schedule, shuffled, up + 300, Event(EventTypes.Die, down), Event(EventTypes.Start, start)));
            Assert.InRange(stamps.FirstSuccess!.Value, At(up), At(up + (1000 / rate) + 1.1));
            Assert.InRange(stamps.Steady!.Value, stamps.FirstSuccess.Value, stamps.FirstSuccess.Value + (25 * Millisecond));
            if (stamps.FirstFailure is { } failure)
                Assert.InRange(failure, At(down), At(down + (1000 / rate) + 0.2));
            Assert.True(stamps.ExitSeen <= stamps.Started && stamps.Started <= stamps.FirstSuccess);
        }
    }

    [Fact]
    public void A_container_that_stays_down_is_censored_at_the_end_of_the_watch()
    {
        RecoveryStamps stamps = RecoveryAnalysis.Compute(Crash(
            s_schedule, Samples(s_schedule, 2, 10_000, 300), 300, Event(EventTypes.Die, 2)));
        Assert.False(stamps.Recovered);
        Assert.Null(stamps.Started);
        Assert.Null(stamps.FirstSuccess);
        Assert.Equal(At(300), stamps.WatchedUntil);
    }

    [Fact]
    public void A_success_that_was_on_its_way_when_the_fault_came_is_no_recovery()
    {
        List<LoadSample> samples = Samples(s_schedule, 0, 10_000, 300);
        samples.Add(new LoadSample(At(-1), At(-1), At(1), RequestOutcome.Success, 200));
        RecoveryStamps stamps = RecoveryAnalysis.Compute(Crash(
            s_schedule, samples, 300, Event(EventTypes.Die, 2), Event(EventTypes.Start, 100)));
        Assert.Null(stamps.FirstSuccess);
    }

    [Fact]
    public void A_service_that_flaps_after_its_start_is_steady_only_when_it_stops_flapping()
    {
        List<LoadSample> samples = [.. Samples(s_schedule, 2, 100, 600).Select(s =>
            s.Intended >= At(100) && s.Intended < At(300) && (s.Intended - Origin) / (40 * Millisecond) % 2 == 0
                ? s with { Outcome = RequestOutcome.ErrorStatus }
                : s)];
        RecoveryStamps stamps = RecoveryAnalysis.Compute(Crash(
            s_schedule, samples, 600, Event(EventTypes.Die, 2), Event(EventTypes.Start, 90)));
        // Even stretches of 40 ms fail: up to 280 ms.
        Assert.InRange(stamps.FirstSuccess!.Value, At(120), At(123));
        Assert.InRange(stamps.Steady!.Value, At(260), At(290));
    }

    [Fact]
    public void Successes_slower_than_the_objective_are_not_steady()
    {
        List<LoadSample> samples = [.. Samples(s_schedule, 2, 100, 600).Select(s =>
            s.Intended > At(100) && s.Intended < At(250) ? s with { Completed = s.Intended + (150 * Millisecond) } : s)];
        RecoveryStamps stamps = RecoveryAnalysis.Compute(Crash(
            s_schedule, samples, 600, Event(EventTypes.Die, 2), Event(EventTypes.Start, 90)));
        Assert.InRange(stamps.Steady!.Value, At(249), At(275));
    }

    [Fact]
    public void A_storm_that_nobody_notices_is_recovered_at_once()
    {
        StepObservation storm = Crash(s_schedule, Samples(s_schedule, 1e6, 1e6, 300), 300) with { EffectIsExit = false };
        RecoveryStamps stamps = RecoveryAnalysis.Compute(storm);
        Assert.Equal((At(0), At(0)), (stamps.FirstSuccess, stamps.Steady));
        Assert.Null(stamps.FirstFailure);
    }

    [Fact]
    public void A_storm_with_a_short_outage_is_timed_from_the_fault_to_the_first_success_after_the_failures()
    {
        StepObservation storm = Crash(s_schedule, Samples(s_schedule, 10, 30, 400), 400) with { EffectIsExit = false };
        RecoveryStamps stamps = RecoveryAnalysis.Compute(storm);
        Assert.Equal(At(10.1), stamps.FirstFailure);
        Assert.Equal(At(31), stamps.FirstSuccess);
        Assert.InRange(stamps.Steady!.Value, At(30), At(51));
    }

    [Fact]
    public void A_storm_without_end_is_unrecovered_though_the_health_probe_stays_green()
    {
        StepObservation storm = Crash(s_schedule, Samples(s_schedule, 10, 1e6, 700), 700) with
        {
            EffectIsExit = false,
            Probes = Samples(s_schedule, 1e6, 1e6, 700),
        };
        RecoveryStamps stamps = RecoveryAnalysis.Compute(storm);
        Assert.False(stamps.Recovered);
        Assert.NotNull(stamps.Healthy);
    }

    [Fact]
    public void Events_of_an_earlier_crash_are_not_taken_for_those_of_this_one()
    {
        RecoveryStamps stamps = RecoveryAnalysis.Compute(Crash(
            s_schedule,
            Samples(s_schedule, 3, 115, 400),
            400,
            Event(EventTypes.Die, -150),
            Event(EventTypes.BackOff, -150, ("delayMs", "100")),
            Event(EventTypes.Start, -50),
            Event(EventTypes.Die, 4),
            Event(EventTypes.BackOff, 4, ("delayMs", "200"))));
        Assert.Equal(At(4), stamps.ExitSeen);
        Assert.Equal(At(204), stamps.BackOffEnds);
        Assert.Null(stamps.Started);
    }

    [Theory]
    [InlineData(100, 20, true, 0.98)]
    [InlineData(100, 100, false, 0)]
    [InlineData(100, 90, false, 0.01)]
    public void Availability_is_stated_for_the_horizon(int requests, int failed, bool recovered, double expected)
    {
        var stamps = new RecoveryStamps { Injected = 0, WatchedUntil = 1, Steady = recovered ? 1 : null };
        Assert.Equal(expected, Availability.Over(TimeSpan.FromSeconds(10), 100, requests, failed, stamps), 3);
    }
}
