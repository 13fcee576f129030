namespace ContainerChaos.Benchmarks.Measures;

/// <summary>
/// Takes one sample of every contender a round, in a new order each round, so that what the machine does meanwhile
/// (other load, frequency, caches) falls on all of them alike. The first round warms up and is not counted.
/// </summary>
internal static class Interleaving
{
    public static void Run(Measure measure, IReadOnlyList<Contender> contenders, int rounds, CancellationToken cancellationToken)
    {
        var order = contenders.ToArray();
        var random = new Random(20261121);
        for (var round = 0; round <= rounds; round++)
        {
            random.Shuffle(order);
            foreach (var contender in order)
            {
                cancellationToken.ThrowIfCancellationRequested();
                if (measure.Absent.ContainsKey(contender.Peer))
                {
                    continue;
                }

                try
                {
                    if (contender.Sample() is { } sample && round > 0)
                    {
                        measure.For(contender.Peer).Add(sample);
                    }
                }
                catch (Exception failure) when (failure is not OperationCanceledException)
                {
                    measure.Absent[contender.Peer] = failure.InnerException?.Message ?? failure.Message;
                }
            }

            Console.Error.Write($"\r{measure.Key}: round {round} of {rounds}   ");
        }

        Console.Error.Write("\r                                \r");
    }
}
