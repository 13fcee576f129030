using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using ContainerChaos.Linux;
using ContainerChaos.Runtime;

namespace ContainerChaos.Supervisor;

/// <summary>
/// The faults in force, a file each: written before the fault is applied and deleted after it was undone, so that whoever comes next
/// knows what a killed process left behind, and how to undo it.
/// </summary>
/// <remarks>
/// Beside each is a lock (flock(2)) that is held without a gap: by whoever writes the entry, then by the watchdog, which inherits it. An
/// entry whose lock is free is left over. The files are below the run root, which does not outlive the boot: they need no fsync(2).
/// </remarks>
public sealed class FaultLedger
{
    private const int SIGTERM = 15, SIGKILL = 9, SIGCONT = 18;
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(5);
    private static readonly JsonForm<FaultRecord> s_form = new(FaultJson.Default.FaultRecord);

    /// <summary>Opens a ledger. Nothing is read or made before it is needed.</summary>
    /// <param name="runRoot">The engine's run root.</param>
    public FaultLedger(string runRoot) => Directory = Path.Combine(runRoot, "faults");

    /// <summary>The folder of the files; there only while it has some.</summary>
    public string Directory { get; }

    /// <summary>The faults in force, oldest first.</summary>
    /// <returns>The entries; a file that is not one is left out.</returns>
    public IReadOnlyList<FaultRecord> List()
    {
        if (!System.IO.Directory.Exists(Directory))
            return [];
        var records = new List<FaultRecord>();
        try
        {
            foreach (var path in System.IO.Directory.GetFiles(Directory, "*.json"))
            {
                if (TryRead(Path.GetFileNameWithoutExtension(path)) is { } record)
                    records.Add(record);
            }
        }
        catch (DirectoryNotFoundException)
        {
            // The last one has just been struck out.
        }
        return [.. records.OrderBy(record => record.Since).ThenBy(record => record.Id, StringComparer.Ordinal)];
    }

    /// <summary>An entry; null when there is none.</summary>
    /// <param name="id">Its id.</param>
    public FaultRecord? TryRead(string id) => JsonFile.TryReadIntact(PathOf(id), s_form);

    /// <summary>Whether nobody looks after a fault any more: its watchdog was killed, or whoever wrote it before there was one.</summary>
    /// <param name="id">The fault's id.</param>
    public bool IsAbandoned(string id)
    {
        using var handle = TryOpenLock(id);
        if (handle is null || !handle.TryLock())
            return handle is null && TryRead(id) is not null;
        var isThere = TryRead(id) is not null;
        // At once: a clone of this process may still have the descriptor when this one is closed.
        handle.Unlock();
        return isThere;
    }

    /// <summary>Undoes a fault, whoever applied it, and strikes it out. It needs nothing but the files.</summary>
    /// <param name="id">The fault's id; one that is not in force is no error.</param>
    /// <exception cref="ContainerException">KernelError: a step failed; the entry stays, with the error.</exception>
    public void Undo(string id)
    {
        var started = System.Diagnostics.Stopwatch.GetTimestamp();
        while (true)
        {
            using var handle = TryOpenLock(id);
            if (handle is not null && !handle.TryLock())
            {
                AskWatchdog(handle, System.Diagnostics.Stopwatch.GetElapsedTime(started) > s_patience);
                continue;
            }
            if (TryRead(id) is { } record)
                UndoLocked(record);
            else
                StrikeOut(id);
            return;
        }
    }

    /// <summary>Undoes what killed processes left behind.</summary>
    /// <returns>The entries that were undone.</returns>
    public IReadOnlyList<FaultRecord> UndoAbandoned()
    {
        var undone = new List<FaultRecord>();
        foreach (var record in List())
        {
            using var handle = TryOpenLock(record.Id);
            if ((handle is not null && !handle.TryLock()) || TryRead(record.Id) is not { } current)
                continue;
            try
            {
                UndoLocked(current);
                undone.Add(current);
            }
            catch (ContainerException)
            {
                // The entry says so.
            }
        }
        return undone;
    }

    /// <summary>Writes a fault down. Apply it only after this returned.</summary>
    /// <param name="plan">Says what will be done; the id is chosen here. It is asked again once no other fault holds the same: what the undo sets back must not be another's doing.</param>
    /// <returns>The entry, and its lock, to be held until the fault is undone.</returns>
    /// <exception cref="ContainerException">InvalidState: another fault holds what this one needs.</exception>
    /// <exception cref="IOException">The file can't be written: then the fault must not be applied.</exception>
    public (FaultRecord Record, FileDescriptor Lock) Write(Func<FaultRecord> plan)
    {
        ArgumentNullException.ThrowIfNull(plan);
        const int attempts = 100;
        for (var attempt = 0; ; attempt++)
        {
            // First of all: what can't be planned leaves no empty folder.
            var record = plan();
            if (!TryMakeDirectory(throws: attempt == attempts))
                continue;
            using var all = FileLock.TryExclusive(Directory);
            if (all is null)
                continue;
            foreach (var other in record.Holds.Count > 0 ? List() : [])
            {
                if (other.Holds.FirstOrDefault(record.Holds.Contains) is { } held)
                {
                    throw new ContainerException(ErrorReason.InvalidState, $"{record.Target}: fault {other.Id} ({other.Fault}) already changes {held}.", record.Target.Name)
                    {
                        Remedy = $"Undo that one first: Undo-Fault {other.Id}",
                    };
                }
            }
            var entry = (record.Holds.Count > 0 ? plan() : record) with { Id = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(4)) };
            var handle = FileDescriptor.TryOpen(LockOf(entry.Id), OpenFlags.O_RDWR | OpenFlags.O_CREAT | OpenFlags.O_EXCL, 0x180 /* 0600 */, out var errno);
            if (handle is null)
            {
                if (errno is Errno.EEXIST or Errno.ENOENT)
                    continue;
                throw new ErrnoException(errno, "open", LockOf(entry.Id));
            }
            try
            {
                handle.TryLock();
                JsonFile.Write(PathOf(entry.Id), entry, s_form);
                return (entry, handle);
            }
            catch
            {
                StrikeOut(entry.Id);
                handle.Dispose();
                throw;
            }
        }
    }

    /// <summary>Strikes a fault out: it is undone. Striking out twice is no error.</summary>
    /// <param name="id">The fault's id.</param>
    public void StrikeOut(string id)
    {
        try
        {
            File.Delete(PathOf(id));
            File.Delete(LockOf(id));
            // Fails while it has others.
            System.IO.Directory.Delete(Directory);
        }
        catch (DirectoryNotFoundException)
        {
        }
        catch (IOException)
        {
        }
    }

    /// <summary>False when another process has just removed it, as whoever strikes the last entry out does.</summary>
    private bool TryMakeDirectory(bool throws)
    {
        try
        {
            System.IO.Directory.CreateDirectory(Directory, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
            return true;
        }
        catch (IOException) when (!throws)
        {
            return false;
        }
    }

    internal string PathOf(string id) => Path.Combine(Directory, id + ".json");

    /// <summary>Undoes an entry whose lock the caller holds.</summary>
    internal void UndoLocked(FaultRecord record)
    {
        if (FaultSteps.Undo(record) is { } error)
        {
            JsonFile.Write(PathOf(record.Id), record with { Error = error }, s_form);
            throw new ContainerException(ErrorReason.KernelError, $"{record.Target}: fault {record.Id} ({record.Fault}) could not be undone: {error}", record.Target.Name)
            {
                Remedy = $"Remove the cause and repeat it: Undo-Fault {record.Id}",
            };
        }
        StrikeOut(record.Id);
    }

    private FileDescriptor? TryOpenLock(string id) => FileDescriptor.TryOpen(LockOf(id), OpenFlags.O_RDWR, 0, out _);

    private string LockOf(string id) => Path.Combine(Directory, id + ".lock");

    /// <summary>The holder's name is in the file: PID and start time. It is asked to undo, and killed when it does not.</summary>
    private static void AskWatchdog(FileDescriptor handle, bool isLate)
    {
        Span<byte> buffer = stackalloc byte[64];
        var text = Encoding.ASCII.GetString(buffer[..handle.ReadFromStart(buffer)]).Split(' ');
        if (text is not [var first, var second] || !int.TryParse(first, NumberStyles.None, CultureInfo.InvariantCulture, out var pid)
            || !ulong.TryParse(second, NumberStyles.None, CultureInfo.InvariantCulture, out var startTime))
        {
            // It is being started; there is nobody to wait for yet.
            Thread.Sleep(2);
            return;
        }
        using var watchdog = PidFd.TryOpen(pid, startTime);
        if (watchdog is null)
        {
            Thread.Sleep(1);
            return;
        }
        watchdog.SendSignal(isLate ? SIGKILL : SIGTERM);
        // One that was stopped hears it only then.
        watchdog.SendSignal(SIGCONT);
        watchdog.WaitForEnd(s_patience);
    }
}
