using System.Text.Json;
using ContainerChaos.Linux;

namespace ContainerChaos.Runtime;

/// <summary>
/// A container's events as lines of JSON: <c>{"type":"stats","id":…,"data":…}</c> at each interval, and
/// <c>{"type":"oom","id":…}</c> when it runs out of memory.
/// </summary>
internal sealed class ContainerEvents(string id, Cgroup group, FileDescriptor output)
{
    /// <summary>Writes what has been used up to now.</summary>
    internal void WriteStatistics() => WriteLine("stats", json =>
    {
        json.WritePropertyName("data");
        new StatisticsWriter(group, json).Write();
    });

    /// <summary>Writes events until the container ends.</summary>
    /// <param name="process">The container's first process.</param>
    /// <param name="interval">How often its use is written.</param>
    internal void Follow(PidFd process, TimeSpan interval)
    {
        const long end = 0, tick = 1, shortage = 2;
        using var poll = new EventPoll();
        using var timer = TimerFd.Create();
        using var watch = group.Has("memory") ? group.WatchOom() : null;
        poll.Add(process, EventPollFlags.EPOLLIN, end);
        poll.Add(timer, EventPollFlags.EPOLLIN, tick);
        if (watch is not null)
            poll.Add(watch.Descriptor, watch.SignalsBeforeKill ? EventPollFlags.EPOLLIN : EventPollFlags.EPOLLPRI, shortage);
        var kills = group.Has("memory") ? group.ReadOomKills() : 0;
        timer.Arm(interval);
        for (var running = true; running;)
        {
            poll.Wait(Timeout.InfiniteTimeSpan, (key, _) =>
            {
                switch (key)
                {
                    case tick:
                        timer.Clear();
                        timer.Arm(interval);
                        // The group goes before the process is reaped, or after; either way this is the end.
                        running = group.Exists;
                        if (running)
                            WriteStatistics();
                        break;
                    case shortage:
                        WriteShortage(watch!, ref kills);
                        break;
                    default:
                        running = false;
                        break;
                }
            });
        }
        // A change of memory.events is announced by a worker of the kernel, which the death that it is about may overtake.
        if (watch is { SignalsBeforeKill: false })
            WriteShortage(watch, ref kills);
    }

    private void WriteShortage(CgroupOomWatch watch, ref long kills)
    {
        Span<byte> text = stackalloc byte[256];
        if (watch.SignalsBeforeKill)
        {
            // The removal of the group is announced in the same way (memory.txt, 9).
            watch.Descriptor.Read(text);
            if (group.Exists)
                WriteLine("oom", null);
            return;
        }
        // memory.events changes for more than the OOM killer; it stays ready until it is read from the start.
        watch.Descriptor.ReadFromStart(text);
        var now = group.Exists ? group.ReadOomKills() : kills;
        if (now > kills)
            WriteLine("oom", null);
        kills = now;
    }

    private void WriteLine(string type, Action<Utf8JsonWriter>? writeData)
    {
        using var line = new MemoryStream();
        using (var json = new Utf8JsonWriter(line))
        {
            json.WriteStartObject();
            json.WriteString("type", type);
            json.WriteString("id", id);
            writeData?.Invoke(json);
            json.WriteEndObject();
        }
        line.WriteByte((byte)'\n');
        output.Write(line.ToArray());
    }
}
