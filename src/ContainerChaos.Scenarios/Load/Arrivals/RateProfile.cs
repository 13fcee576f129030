namespace ContainerChaos.Scenarios.Load;

/// <summary>
/// Arrivals of a rate that changes piece by piece along straight lines: the n-th arrival is due when the integral of the rate reaches n. Computed from n,
/// so that nothing drifts and nothing is stored.
/// </summary>
internal sealed class RateProfile : ArrivalSequence
{
    private const double Second = 1e9;

    private readonly Piece[] _pieces;

    internal RateProfile(IReadOnlyList<Stage> stages, double rateAfterwards)
    {
        var pieces = new List<Piece>();
        double begin = 0;
        double before = 0;
        foreach (Stage stage in stages.Where(s => s.Length > TimeSpan.Zero))
        {
            double length = stage.Length.TotalSeconds;
            pieces.Add(new Piece(begin, before, stage.From, (stage.To - stage.From) / length));
            begin += length;
            before += (stage.From + stage.To) / 2 * length;
        }

        pieces.Add(new Piece(begin, before, rateAfterwards, 0));
        _pieces = [.. pieces];
    }

    internal override long OffsetOf(long index)
    {
        int i = _pieces.Length - 1;
        while (i > 0 && index < _pieces[i].Before)
            i--;
        return _pieces[i].TimeOf(index);
    }

    internal override long IndexAtOrAfter(long offset)
    {
        if (offset <= 0)
            return 0;
        double seconds = offset / Second;
        int i = _pieces.Length - 1;
        while (i > 0 && seconds < _pieces[i].Begin)
            i--;
        long index = Math.Max(0, (long)_pieces[i].CountAt(seconds));
        // Rounding must not disagree with OffsetOf, which the generator uses.
        while (index > 0 && OffsetOf(index - 1) >= offset)
            index--;
        while (OffsetOf(index) < offset)
            index++;
        return index;
    }

    /// <summary>A stretch of time and the arrivals a second at both of its ends.</summary>
    internal readonly record struct Stage(TimeSpan Length, double From, double To);

    // Begin in seconds, the arrivals before it, the rate there, and by how much the rate changes a second.
    private readonly record struct Piece(double Begin, double Before, double From, double Slope)
    {
        internal long TimeOf(long index)
        {
            double n = index - Before;
            if (n <= 0)
                return (long)(Begin * Second);
            // n = From t + Slope t²/2, solved so that a slope near 0 loses no digits.
            double seconds = Slope == 0 ? n / From : 2 * n / (From + Math.Sqrt(Math.Max(0, (From * From) + (2 * Slope * n))));
            return (long)((Begin * Second) + (seconds * Second));
        }

        internal double CountAt(double seconds)
        {
            double t = seconds - Begin;
            return Before + (From * t) + (Slope * t * t / 2);
        }
    }
}
