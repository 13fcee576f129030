using System.Diagnostics;

namespace ContainerChaos.Benchmarks;

/// <summary>A named pipe that a container's first process writes a line to: the only start signal every tool has in common.</summary>
internal sealed class StartSignal : IDisposable
{
    /// <summary>Says so and stays. sleep is PID 1 without a handler, so it dies of SIGKILL from outside only.</summary>
    public static readonly string[] Command = ["sh", "-c", "echo up >/bench/fifo; exec sleep 100000"];

    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    private readonly FileStream pipe;
    private Task<int> line;
    private readonly byte[] buffer = new byte[64];

    public StartSignal(string folder)
    {
        Folder = folder;
        // Read-write, so that the pipe neither blocks in open nor ends between two writers.
        pipe = new FileStream(Path.Combine(folder, "fifo"), FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite, bufferSize: 0);
        line = Listen();
    }

    public string Folder { get; }

    /// <summary>Waits for the next start and returns when it was seen, in <see cref="Stopwatch"/> ticks.</summary>
    public long Wait()
    {
        if (!line.Wait(Limit))
        {
            throw new TimeoutException($"no start seen within {Limit.TotalSeconds:0} s");
        }

        var seen = Stopwatch.GetTimestamp();
        line = Listen();
        return seen;
    }

    public void Dispose()
    {
        // Ends the pending read.
        pipe.WriteByte((byte)'\n');
        line.Wait(Limit);
        pipe.Dispose();
    }

    private Task<int> Listen() => Task.Factory.StartNew(() => pipe.Read(buffer), TaskCreationOptions.LongRunning);
}
