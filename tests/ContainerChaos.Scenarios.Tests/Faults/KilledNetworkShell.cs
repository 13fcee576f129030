using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using ContainerChaos.Linux;
using ContainerChaos.Testing;

namespace ContainerChaos.Scenarios.Tests.Faults;

/// <summary>A shell that broke the networks of containers, each in another way, and was killed in the middle of all of it.</summary>
public sealed class KilledNetworkShell : NetworkFaultTest
{
    /// <summary>The faults that last, and whether each is in force.</summary>
    private static readonly IReadOnlyDictionary<string, Func<IPAddress, NetworkNamespace, bool>> s_inForce = new Dictionary<string, Func<IPAddress, NetworkNamespace, bool>>
    {
        ["action: partition"] = (address, _) => Call(address) == SocketError.TimedOut,
        ["action: black-hole, port: 8080"] = (address, _) => Call(address) == SocketError.TimedOut,
        ["action: connection-reset, port: 8080"] = (address, _) => Call(address) == SocketError.ConnectionRefused,
        ["action: conntrack-exhaustion"] = (address, _) => Call(address) == SocketError.TimedOut,
        ["action: link-down"] = (address, _) => Call(address) == SocketError.TimedOut,
        ["action: dns"] = (_, inside) => IsAnswered(inside) == false,
        ["action: dns, mode: lie"] = (_, inside) => Ask(inside, 1) is { Length: > 30 } answer && answer[^4..].SequenceEqual((byte[])[192, 0, 2, 1]),
        ["action: dns, mode: delay, delay: 5s"] = (_, inside) => IsAnswered(inside) == false,
        ["action: network-rate, rate: 16k"] = (_, inside) => Arriving(inside, null, new IPEndPoint(IPAddress.Parse("172.17.0.1"), 9000), count: 60, size: 1000) < 30,
        // By netem, or by nf_tables and by the watchdog where there is none.
        ["action: netem, delay: 5s"] = (address, _) => Call(address) == SocketError.TimedOut,
        ["action: netem, loss: 100"] = (address, _) => Call(address) == SocketError.TimedOut,
    };

    private readonly Dictionary<string, (string Said, bool Before, bool During, bool IsUndone, TimeSpan Took)> _faults = [];

    public KilledNetworkShell() => OwnNetwork.Run(() =>
    {
        string[] steps = [.. s_inForce.Keys];
        string[] names = [.. steps.Select((_, i) => $"broken-{i}")];
        IPAddress[] addresses = [.. names.Select(name => RunInBridge(name))];
        NetworkNamespace[] inside = [.. names.Select(name => Inside(name))];
        bool IsInForce(int i) => s_inForce[steps[i]](addresses[i], inside[i]);
        bool[] before = [.. steps.Select((_, i) => IsInForce(i))];
        using Process shell = Process.Start(new ProcessStartInfo(
            "dotnet", [typeof(FaultOwner).Assembly.Location, Root.DataRoot, Root.RunRoot, Root.CgroupParent, .. names.Zip(steps).SelectMany(pair => (string[])[pair.First, pair.Second])])
        {
            RedirectStandardOutput = true,
        })!;
        string[] said;
        bool[] during;
        try
        {
            said = [.. steps.Select(_ => shell.StandardOutput.ReadLine() ?? "the shell ended")];
            during = [.. steps.Select((_, i) => IsInForce(i))];
        }
        finally
        {
            shell.Kill();
            shell.WaitForExit();
        }

        long killed = Stopwatch.GetTimestamp();
        for (int i = 0; i < steps.Length; i++)
        {
            bool isUndone;
            while (!(isUndone = !File.Exists(Path.Combine(Injector.Ledger.Directory, said[i] + ".json")) && !IsInForce(i)) && Stopwatch.GetElapsedTime(killed) < Patience)
                Thread.Sleep(1);
            _faults[steps[i]] = (said[i], before[i], during[i], isUndone, Stopwatch.GetElapsedTime(killed));
            inside[i].Dispose();
        }
    });

    /// <summary>The steps.</summary>
    internal static IEnumerable<string> Steps => s_inForce.Keys;

    internal (string Said, bool Before, bool During, bool IsUndone, TimeSpan Took) this[string step] => _faults[step];
}
