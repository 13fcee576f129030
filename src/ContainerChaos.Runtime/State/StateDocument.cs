namespace ContainerChaos.Runtime;

/// <summary>A container's state as <c>state</c> prints it and hooks read it (runtime-spec, runtime: State).</summary>
internal sealed record StateDocument
{
    /// <summary>The version of the specification.</summary>
    public string OciVersion { get; set; } = RuntimeSpec.SupportedVersion;

    /// <summary>The container's id.</summary>
    public string Id { get; set; } = "";

    /// <summary>The host's PID of the first process; 0 when it is stopped.</summary>
    public int Pid { get; set; }

    /// <summary>creating, created, running or stopped; paused as well, as every runtime has it.</summary>
    public string Status { get; set; } = "";

    /// <summary>The bundle's directory.</summary>
    public string Bundle { get; set; } = "";

    /// <summary>The root's directory on the host; beyond the specification, as what follows but the annotations.</summary>
    public string? Rootfs { get; set; }

    /// <summary>When it was created.</summary>
    public DateTimeOffset? Created { get; set; }

    /// <summary>The config's annotations.</summary>
    public IReadOnlyDictionary<string, string>? Annotations { get; set; }

    /// <summary>The user that created it.</summary>
    public string? Owner { get; set; }

    /// <summary>The systemd scope, with crun's name for it.</summary>
    public string? SystemdScope { get; set; }

    /// <summary>The document as <c>state</c> prints it.</summary>
    internal JsonText ToJson() => new JsonText(indented: true).Object(Write);

    internal void Write(JsonText json)
    {
        json.Add("ociVersion", OciVersion).Add("id", Id).Add("pid", Pid).Add("status", Status).Add("bundle", Bundle).Add("rootfs", Rootfs).Add("created", Created);
        if (Annotations is { } annotations)
        {
            json.Object(map =>
            {
                foreach (var (key, value) in annotations)
                    map.Add(key, value);
            }, "annotations");
        }
        json.Add("owner", Owner).Add("systemd-scope", SystemdScope);
    }
}
