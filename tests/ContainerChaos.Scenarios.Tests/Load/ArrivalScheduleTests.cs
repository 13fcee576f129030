using ContainerChaos.Scenarios.Load;

namespace ContainerChaos.Scenarios.Tests.Load;

public sealed class ArrivalScheduleTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(250)]
    [InlineData(333.3)]
    [InlineData(19_999)]
    public void Windows_that_touch_share_every_arrival_out_exactly_once(double rate)
    {
        var schedule = new ArrivalSchedule(1_234_567_891, rate);
        const long window = 7_777_777;
        long sum = 0;
        for (int i = 0; i < 1000; i++)
            sum += schedule.CountBetween(schedule.Start + (i * window), schedule.Start + ((i + 1) * window));
        Assert.Equal(schedule.CountBetween(schedule.Start, schedule.Start + (1000 * window)), sum);
        Assert.InRange(sum, (rate * 7.777777) - 1, (rate * 7.777777) + 1);
    }

    [Fact]
    public void The_first_arrival_at_its_own_time_is_itself()
    {
        var schedule = new ArrivalSchedule(99, 333.3);
        for (long i = 0; i < 5000; i++)
            Assert.Equal(i, schedule.IndexAtOrAfter(schedule.TimeOf(i)));
    }
}
