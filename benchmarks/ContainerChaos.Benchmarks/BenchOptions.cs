using System.Globalization;

namespace ContainerChaos.Benchmarks;

/// <summary>The command line of the benchmarks.</summary>
internal sealed record BenchOptions
{
    public const string Usage =
        """
        usage: build.sh bench [--rounds N] [--quick] [--only MEASURE,…] [--peers NAME,…]
          --rounds   measured rounds of each measure (20)
          --quick    5 rounds, 40 parallel starts, 20 idle containers (of the memory measure as well), a fleet of 50
          --only     run, bridge, cold, parallel, idle, fleet, throughput, exec, exit, restart, memory, load
          --peers    ccrun, engine, pwsh, crun, runc, podman, docker
        """;

    public required string Binaries { get; init; }

    public required string Output { get; init; }

    public int Rounds { get; init; } = 20;

    public int ParallelStarts { get; init; } = 200;

    public int IdleContainers { get; init; } = 100;

    /// <summary>How many containers the measure of the same name keeps up at once.</summary>
    public int IdleStarts { get; init; } = 500;

    /// <summary>How many containers are up, listed and removed at once.</summary>
    public int Fleet { get; init; } = 500;

    public IReadOnlyList<string> Only { get; init; } = [];

    public IReadOnlyList<string> Peers { get; init; } = [];

    public static BenchOptions? Parse(string[] arguments)
    {
        var options = new BenchOptions { Binaries = "artifacts/bin", Output = "artifacts/bench" };
        for (var i = 0; i < arguments.Length; i++)
        {
            var value = i + 1 < arguments.Length ? arguments[i + 1] : "";
            switch (arguments[i])
            {
                case "--quick":
                    options = options with { Rounds = 5, ParallelStarts = 40, IdleContainers = 20, IdleStarts = 20, Fleet = 50 };
                    continue;
                case "--binaries":
                    options = options with { Binaries = Path.GetFullPath(value) };
                    break;
                case "--output":
                    options = options with { Output = Path.GetFullPath(value) };
                    break;
                case "--rounds" when int.TryParse(value, CultureInfo.InvariantCulture, out var rounds) && rounds > 0:
                    options = options with { Rounds = rounds };
                    break;
                case "--only":
                    options = options with { Only = value.Split(',') };
                    break;
                case "--peers":
                    options = options with { Peers = value.Split(',') };
                    break;
                default:
                    return null;
            }

            i++;
        }

        return options;
    }

    /// <summary>Whether any other tool takes part.</summary>
    public bool NeedsPeers => Only.Count == 0 || Only.Any(measure => measure != "load");

    public bool Wants(string measure) => Only.Count == 0 || Only.Contains(measure);
}
