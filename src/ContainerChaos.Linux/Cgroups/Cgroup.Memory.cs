namespace ContainerChaos.Linux;

// The memory of a group, and the OOM killer in it.
public sealed partial class Cgroup
{
    /// <summary>How many processes the OOM killer has ended in this group since it was made.</summary>
    public long ReadOomKills()
    {
        var part = Find("memory");
        return CgroupDirectory.ReadKey(part.Directory, part.IsUnified ? "memory.events" : "memory.oom_control", "oom_kill");
    }

    /// <summary>Bytes of memory charged to the group.</summary>
    public long ReadMemoryBytes() =>
        Find("memory") is var part && part.IsUnified ? ReadNumber(part, "memory.current") : ReadNumber(part, "memory.usage_in_bytes");

    /// <summary>A descriptor that becomes ready when the group runs out of memory, for an event loop.</summary>
    public CgroupOomWatch WatchOom()
    {
        var part = Find("memory");
        if (part.IsUnified)
            return new CgroupOomWatch(FileDescriptor.Open(part.Directory + "/memory.events", OpenFlags.O_RDONLY), control: null, signalsBeforeKill: false);
        // memory.txt, 10: an eventfd and the descriptor of memory.oom_control, written to cgroup.event_control.
        var events = EventFd.Create();
        var control = FileDescriptor.Open(part.Directory + "/memory.oom_control", OpenFlags.O_RDONLY);
        CgroupDirectory.Write(part.Directory, "cgroup.event_control", $"{events.Number} {control.Number}");
        return new CgroupOomWatch(events, control, signalsBeforeKill: true);
    }
}
