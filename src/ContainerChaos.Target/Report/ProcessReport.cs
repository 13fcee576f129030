using ContainerChaos.Target.Faults;
using ContainerChaos.Target.Http;
using ContainerChaos.Target.Loop;
using ContainerChaos.Target.Native;
using ContainerChaos.Target.Signals;
using ContainerChaos.Target.Text;

namespace ContainerChaos.Target.Report;

/// <summary>The JSON of /info. What only /proc can tell is null where there is none.</summary>
internal sealed unsafe class ProcessReport(HttpServer server)
{
    private readonly long _started = MonotonicClock.Now;
    private readonly int[] _received = new int[SignalName.Maximum + 1];

    /// <summary>Counts a signal.</summary>
    public void Received(int signal) => _received[signal]++;

    /// <summary>Writes the report.</summary>
    public void Write(ref ByteWriter body)
    {
        int pid = Libc.getpid();
        int children = 0, zombies = 0, descriptors = 0;
        bool hasProc = ProcessTable.Read(entry =>
        {
            if (entry.ParentPid != pid) return;
            children++;
            if (entry.State == 'Z') zombies++;
        });
        bool hasSelf = ProcessEntry.TryRead(pid, out ProcessEntry self);

        // One of those seen is the descriptor that reads the directory.
        bool hasDescriptors = DirectoryReader.Read("/proc/self/fd", (_, _) => descriptors++) == 0;
        ResourceUsage usage;
        Libc.getrusage(Libc.RUSAGE_SELF, &usage);

        body.Append("{"u8);
        body.Member("pid"u8, pid);
        body.Member("ppid"u8, Libc.getppid());
        body.Member("uid"u8, Libc.getuid());
        body.Member("uptimeMs"u8, (MonotonicClock.Now - _started) / MonotonicClock.NanosecondsPerMillisecond);
        Known(ref body, "rssBytes"u8, hasSelf, self.ResidentKilobytes * 1024);
        body.Member("maxRssBytes"u8, usage.MaximumResidentKilobytes * 1024);
        body.Member("cpuMs"u8, (usage.UserSeconds + usage.SystemSeconds) * 1000 + (usage.UserMicroseconds + usage.SystemMicroseconds) / 1000);
        Known(ref body, "threads"u8, hasSelf, self.Threads);
        Known(ref body, "fds"u8, hasDescriptors, descriptors - 1);
        Known(ref body, "children"u8, hasProc, children);
        Known(ref body, "zombies"u8, hasProc, zombies);
        body.Member("requests"u8, server.Requests);
        body.Member("connections"u8, server.Connections);
        body.Member("leakedBytes"u8, Damage.LeakedBytes);
        body.Member("heldFds"u8, Damage.HeldDescriptors);
        body.Member("filledBytes"u8, Damage.FilledBytes);
        body.Member("zombiesMade"u8, Damage.Zombies);
        body.Member("orphansMade"u8, Damage.Orphans);
        body.Member("burners"u8, Burners.Running);
        body.Member("sigterm"u8, Disposition(Libc.SIGTERM));
        body.Name("signals"u8);
        body.Append("{"u8);
        for (int signal = 1; signal < _received.Length; signal++)
        {
            if (_received[signal] > 0) body.Member(System.Text.Encoding.ASCII.GetBytes(SignalName.Of(signal)), _received[signal]);
        }

        body.Append("}}\n"u8);
    }

    private static string Disposition(int signal)
    {
        SignalAction action;
        Libc.sigaction(signal, null, &action);
        return action.Handler switch
        {
            Libc.SIG_DFL => "default",
            Libc.SIG_IGN => "ignored",
            _ => "handled",
        };
    }

    private static void Known(ref ByteWriter body, ReadOnlySpan<byte> name, bool isKnown, long value)
    {
        if (isKnown) body.Member(name, value);
        else body.Member(name, (string?)null);
    }
}
