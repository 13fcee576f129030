using System.Runtime.InteropServices;
using ContainerChaos.Engine;
using ContainerChaos.Linux;
using ContainerChaos.Runtime;
using ContainerChaos.Supervisor;

namespace ContainerChaos.Scenarios;

/// <summary>
/// Follows a container's events and state as its monitor writes them to disk. Unlike the monitor's socket the files are
/// there before the first start and after the final exit, and no event is missed between two monitors.
/// </summary>
internal sealed class ContainerJournal : IDisposable
{
    private readonly ContainerPaths _paths;
    private readonly DirectoryWatch _watch;
    private readonly CancellationTokenSource _stop = new();
    private readonly Thread _thread;
    private readonly object _gate;
    private readonly List<ContainerEvent> _events = [];
    private readonly List<byte> _partial = [];
    private long _offset;

    /// <summary>Starts to follow.</summary>
    /// <param name="container">The container; it need not have been started.</param>
    /// <param name="gate">Held while the journal changes, and pulsed after.</param>
    internal ContainerJournal(Container container, object gate)
    {
        _paths = new ContainerPaths(container.RootPath, "");
        _gate = gate;
        _watch = new DirectoryWatch(container.RootPath);
        State = new ContainerState { Status = ContainerStatus.Created };
        Look();
        _thread = new Thread(Run) { IsBackground = true, Name = "journal " + container.Name };
        _thread.Start();
    }

    /// <summary>The state as of the last write; read it with the gate held.</summary>
    internal ContainerState State { get; private set; }

    /// <summary>The events so far, in order; read them with the gate held.</summary>
    internal IReadOnlyList<ContainerEvent> Events => _events;

    /// <summary>Whether nothing runs and nothing waits to run.</summary>
    internal bool IsDown => State.Status is ContainerStatus.Exited or ContainerStatus.Dead or ContainerStatus.Created;

    public void Dispose()
    {
        _stop.Cancel();
        _thread.Join();
        _watch.Dispose();
        _stop.Dispose();
    }

    private void Run()
    {
        try
        {
            while (true)
            {
                _watch.Wait(_stop.Token);
                Look();
            }
        }
        catch (OperationCanceledException)
        {
        }
    }

    /// <summary>Reads what was written since the last look; the watch does so by itself a moment later.</summary>
    internal void Look()
    {
        lock (_gate)
        {
            ReadEvents();
            State = JsonFile.TryReadIntact(_paths.State, SupervisorJson.ContainerState) ?? State;
            Monitor.PulseAll(_gate);
        }
    }

    private void ReadEvents()
    {
        FileStream file;
        try
        {
            file = new FileStream(_paths.Events, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return;
        }

        using (file)
        {
            file.Position = _offset;
            Span<byte> buffer = stackalloc byte[4096];
            while (file.Read(buffer) is > 0 and var read)
            {
                _offset += read;
                foreach (byte b in buffer[..read])
                {
                    if (b != (byte)'\n')
                    {
                        _partial.Add(b);
                        continue;
                    }

                    _events.Add(SupervisorJson.ContainerEvent.Read(CollectionsMarshal.AsSpan(_partial), _paths.Events));
                    _partial.Clear();
                }
            }
        }
    }
}
