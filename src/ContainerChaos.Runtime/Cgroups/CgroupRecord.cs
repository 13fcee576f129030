namespace ContainerChaos.Runtime;

/// <summary>What the container's state keeps of its control group, so that another process finds it again.</summary>
internal sealed record CgroupRecord
{
    /// <summary>Who made it.</summary>
    public CgroupDriver Driver { get; set; }

    /// <summary>Its path below the root of each hierarchy; null when the container has none of its own.</summary>
    public string? Path { get; set; }

    /// <summary>Whether it was made for this container. Until then a group of this path may be another's, and is left alone.</summary>
    public bool IsMade { get; set; }

    /// <summary>How many of the groups above it were made with it in each hierarchy, by its mount point; they go with it when they are empty.</summary>
    public IReadOnlyDictionary<string, int> MadeAbove { get; set; } = new Dictionary<string, int>();

    /// <summary>The systemd scope; null with another driver.</summary>
    public string? Unit { get; set; }

    internal void Write(JsonText json)
    {
        json.Add("driver", Driver switch { CgroupDriver.Systemd => "systemd", CgroupDriver.Disabled => "disabled", _ => "cgroupfs" }).Add("path", Path).Add("isMade", IsMade);
        if (MadeAbove.Count > 0)
        {
            json.Object(map =>
            {
                foreach (var (mountPoint, count) in MadeAbove)
                    map.Add(mountPoint, count);
            }, "madeAbove");
        }
        json.Add("unit", Unit);
    }

    internal static CgroupRecord Read(ref SpecReader reader)
    {
        var record = new CgroupRecord();
        while (reader.Next(out var name))
        {
            record = name switch
            {
                "driver" => record with { Driver = reader.Text() switch { "systemd" => CgroupDriver.Systemd, "disabled" => CgroupDriver.Disabled, _ => CgroupDriver.Cgroupfs } },
                "path" => record with { Path = reader.Text() },
                "isMade" => record with { IsMade = reader.Boolean() ?? false },
                "madeAbove" => record with { MadeAbove = reader.NumberMap()! },
                "unit" => record with { Unit = reader.Text() },
                _ => reader.Skip(record),
            };
        }
        return record;
    }
}
