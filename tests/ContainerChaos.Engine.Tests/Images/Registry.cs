using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace ContainerChaos.Engine.Tests;

/// <summary>Debian's docker-registry on the loopback, for one test.</summary>
internal sealed class Registry : IDisposable
{
    private readonly Process _process;

    public Registry(string directory, IReadOnlyDictionary<string, string>? settings = null)
    {
        Port = FreePort();
        Directory.CreateDirectory(directory);
        Storage = Path.Combine(directory, "storage");
        var configuration = Path.Combine(directory, "config.yml");
        File.WriteAllText(configuration, $"version: 0.1\nlog:\n  level: error\nstorage:\n  filesystem:\n    rootdirectory: {Storage}\nhttp:\n  addr: 127.0.0.1:{Port}\n");
        var start = new ProcessStartInfo(ToolFactAttribute.Find("docker-registry")!, ["serve", configuration]) { RedirectStandardError = true, RedirectStandardOutput = true };
        foreach (var (name, value) in settings ?? new Dictionary<string, string>())
            start.Environment[name] = value;
        _process = Process.Start(start)!;
        _ = _process.StandardError.ReadToEndAsync();
        _ = _process.StandardOutput.ReadToEndAsync();
        Await();
    }

    public int Port { get; }

    public string Host => $"127.0.0.1:{Port}";

    public string Storage { get; }

    public static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    public void Dispose()
    {
        _process.Kill();
        _process.WaitForExit();
        _process.Dispose();
    }

    // It says nowhere that it listens; the first connection that is accepted does.
    private void Await()
    {
        for (var watch = Stopwatch.StartNew(); watch.Elapsed < TimeSpan.FromSeconds(20) && !_process.HasExited;)
        {
            try
            {
                using var client = new TcpClient();
                client.Connect(IPAddress.Loopback, Port);
                return;
            }
            catch (SocketException)
            {
                Thread.Yield();
            }
        }

        throw new InvalidOperationException("The registry does not listen.");
    }
}
