using ContainerChaos.Linux;

namespace ContainerChaos.Runtime;

/// <summary>What the runtime keeps of one container between its commands (<c>status</c>).</summary>
internal sealed record ContainerRecord
{
    /// <summary>The container's id.</summary>
    public string Id { get; set; } = "";

    /// <summary>The bundle's directory.</summary>
    public string Bundle { get; set; } = "";

    /// <summary>The root's directory on the host.</summary>
    public string Rootfs { get; set; } = "";

    /// <summary>The user that created it.</summary>
    public string Owner { get; set; } = "";

    /// <summary>When.</summary>
    public DateTimeOffset Created { get; set; }

    /// <summary>The host's PID of the first process; 0 while there is none yet.</summary>
    public int Pid { get; set; }

    /// <summary>Its start time in clock ticks after boot, which tells it from a later process with the same PID.</summary>
    public ulong StartTime { get; set; }

    /// <summary>The control group.</summary>
    public CgroupRecord? Cgroup { get; set; }

    /// <summary>What the standard streams of the first process were at create, as a JSON array in a string: crun's field, which CRIU's users read.</summary>
    public string ExternalDescriptors { get; set; } = "[]";

    /// <summary>What the standard streams lead to: files by their paths, pipes as <c>pipe:[1234]</c>.</summary>
    internal static string Describe(LaunchStreams streams) => new JsonText(indented: false).List(list =>
    {
        foreach (var stream in (ReadOnlySpan<FileDescriptor>)[streams.Input, streams.Output, streams.Error])
            list.Add(null, new FileInfo($"/proc/self/fd/{stream.Number}").LinkTarget ?? "");
    }).ToString();

    /// <summary>The file's content.</summary>
    internal byte[] ToBytes() => new JsonText(indented: true).Object(json =>
    {
        json.Add("id", Id).Add("bundle", Bundle).Add("rootfs", Rootfs).Add("owner", Owner).Add("created", Created).Add("pid", Pid).Add("startTime", StartTime);
        if (Cgroup is { } cgroup)
            json.Object(cgroup.Write, "cgroup");
        json.Add("external_descriptors", ExternalDescriptors);
    }).ToBytes();

    /// <summary>Reads the file's content.</summary>
    /// <exception cref="ContainerException">It is damaged; the message names the place.</exception>
    internal static ContainerRecord Parse(ReadOnlySpan<byte> content, string file) => SpecReader.Parse(content, file, Read);

    private static ContainerRecord Read(ref SpecReader reader)
    {
        var record = new ContainerRecord();
        while (reader.Next(out var name))
        {
            record = name switch
            {
                "id" => record with { Id = reader.Text()! },
                "bundle" => record with { Bundle = reader.Text()! },
                "rootfs" => record with { Rootfs = reader.Text()! },
                "owner" => record with { Owner = reader.Text()! },
                "created" => record with { Created = reader.Time() },
                "pid" => record with { Pid = reader.Int32() ?? 0 },
                "startTime" => record with { StartTime = reader.UInt64() ?? 0 },
                "cgroup" => record with { Cgroup = reader.Object(CgroupRecord.Read) },
                "external_descriptors" => record with { ExternalDescriptors = reader.Text()! },
                _ => reader.Skip(record),
            };
        }
        return record;
    }
}
