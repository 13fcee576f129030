namespace ContainerChaos.Scenarios.Load;

/// <summary>When the requests of a load are due. All but <see cref="ClosedLoop"/> are open-loop: the target has no say in it.</summary>
public abstract record ArrivalPattern
{
    private protected ArrivalPattern()
    {
    }

    /// <summary>The word for it in a scenario file: <c>constant</c>, <c>ramp</c>, <c>spike</c>, <c>poisson</c>, <c>replay</c> or <c>closed</c>.</summary>
    public abstract string Name { get; }

    /// <summary>The arrivals a second that it is known by: the constant, a ramp's last, a spike's base, the mean of the others; 0 of a closed loop.</summary>
    public abstract double Rate { get; }

    /// <summary>Says it in a few words: <c>500 requests/s</c>.</summary>
    /// <returns>The words.</returns>
    public abstract string Describe();

    /// <summary>Throws an <see cref="ArgumentException"/> that names the value outside its range.</summary>
    internal abstract void Validate();

    /// <summary>The moments of a run. Poisson arrivals of the same seed are the same again.</summary>
    internal abstract ArrivalSequence Begin();

    private protected static void CheckRate(double rate, string name, double least = 0.1)
    {
        if (!(rate >= least && rate <= 200_000))
            throw new ArgumentException(FormattableString.Invariant($"The {name} {rate} is outside {least} to 200,000 a second."), name);
    }

    private protected static void CheckTime(TimeSpan time, string name, TimeSpan? least = null)
    {
        if (time < (least ?? TimeSpan.FromMilliseconds(1)) || time > TimeSpan.FromDays(1))
            throw new ArgumentException($"The time '{name}' of {time} is outside {(least is null ? "1 ms" : "0")} to 1 day.", name);
    }
}
