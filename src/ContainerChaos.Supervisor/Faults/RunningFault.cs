using System.Text.Json;
using ContainerChaos.Linux;
using ContainerChaos.Runtime;

namespace ContainerChaos.Supervisor;

/// <summary>A fault in force, as whoever started it sees it. To let go of it does not end it.</summary>
public sealed class RunningFault : IDisposable
{
    private readonly FileDescriptor _messages;
    private readonly FaultLedger _ledger;
    private readonly List<byte> _pending = [];

    internal RunningFault(FaultRecord record, FileDescriptor messages, FaultLedger ledger)
    {
        Record = record;
        _messages = messages;
        _ledger = ledger;
    }

    /// <summary>Its entry in the ledger.</summary>
    public FaultRecord Record { get; }

    /// <summary>What is to be said about its end: the condition that held; null for nothing.</summary>
    public string? Detail { get; private set; }

    /// <summary>Waits until it is undone.</summary>
    /// <param name="cancellation">Ends the wait, not the fault.</param>
    /// <returns>Why it ended.</returns>
    /// <exception cref="ContainerException">KernelError: it could not be undone.</exception>
    public FaultEnd WaitForEnd(CancellationToken cancellation = default)
    {
        if (Next(cancellation) is not { End: { } end } message)
        {
            // Killed; the files are enough.
            _ledger.Undo(Record.Id);
            return FaultEnd.WatchdogLost;
        }
        Detail = message.Detail;
        return message.Error is { } error ? throw error.ToException() : end;
    }

    /// <summary>Undoes it and returns when that is done.</summary>
    /// <exception cref="ContainerException">KernelError: a step failed; the entry stays in the ledger.</exception>
    public void Undo() => _ledger.Undo(Record.Id);

    /// <inheritdoc/>
    public void Dispose() => _messages.Dispose();

    internal void WaitUntilApplied()
    {
        var message = Next(CancellationToken.None)
            ?? throw new ContainerException(ErrorReason.MonitorLost, $"{Record.Target}: the watchdog ended before it could apply the fault.", Record.Target.Name);
        if (message.Error is { } error)
            throw error.ToException();
    }

    private WatchdogMessage? Next(CancellationToken cancellation)
    {
        Span<byte> buffer = stackalloc byte[1024];
        int end;
        while ((end = _pending.IndexOf((byte)'\n')) < 0)
        {
            EventPoll.WaitFor(_messages, EventPollFlags.EPOLLIN, cancellation);
            if (_messages.Read(buffer) is not (> 0 and var count))
                return null;
            _pending.AddRange(buffer[..count]);
        }
        var message = JsonSerializer.Deserialize(System.Runtime.InteropServices.CollectionsMarshal.AsSpan(_pending)[..end], FaultJson.Default.WatchdogMessage);
        _pending.RemoveRange(0, end + 1);
        return message;
    }
}
