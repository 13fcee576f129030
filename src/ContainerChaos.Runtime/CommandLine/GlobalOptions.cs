namespace ContainerChaos.Runtime;

/// <summary>The options before the verb.</summary>
internal sealed record GlobalOptions
{
    /// <summary>Where the containers are kept.</summary>
    internal string? Root { get; set; }

    /// <summary>The log.</summary>
    internal RuntimeLog Log { get; set; } = new(null, "text", debug: false);

    /// <summary>Who makes control groups.</summary>
    internal CgroupDriver CgroupDriver { get; set; }

    /// <summary>The containers.</summary>
    internal ContainerStore Store => new(Root);

    /// <summary>Reads the options before the verb.</summary>
    /// <returns>The options, and the verb with its arguments.</returns>
    internal static (GlobalOptions Options, string[] Command) Parse(ReadOnlySpan<string> arguments)
    {
        var options = new GlobalOptions();
        string? log = null;
        string format = "text";
        var debug = false;
        var parser = new OptionParser("COMMAND", "[ARGUMENT...]")
            .Value("--root", "DIR", "where the containers are kept", v => options.Root = v)
            .Value("--log", "FILE", "also write errors and warnings to a file", v => log = v.StartsWith("file:", StringComparison.Ordinal) ? v[5..] : v)
            .Value("--log-format", "text|json", "the log's format", v => format = v is "text" or "json"
                ? v : throw new ContainerException(ErrorReason.InvalidArgument, $"--log-format: '{v}' is neither text nor json.", v))
            .Value("--log-level", "LEVEL", "error, warning or debug", v => debug |= v == "debug")
            .Switch("--debug", "write debug lines to the log", v => debug = v)
            .Switch("--systemd-cgroup", "let systemd make the control groups", v => options.CgroupDriver = v ? CgroupDriver.Systemd : CgroupDriver.Cgroupfs)
            .Value("--cgroup-manager", "MANAGER", "cgroupfs, systemd or disabled", v => options.CgroupDriver = v switch
            {
                "cgroupfs" => CgroupDriver.Cgroupfs,
                "systemd" => CgroupDriver.Systemd,
                "disabled" => CgroupDriver.Disabled,
                _ => throw new ContainerException(ErrorReason.InvalidArgument, $"--cgroup-manager: '{v}' is none of cgroupfs, systemd and disabled.", v),
            })
            .Value("--rootless", "true|false|auto", "accepted for compatibility: what is possible is found out", _ => { })
            .Value("--criu", "PATH", "accepted for compatibility: there is no checkpoint", _ => { });
        var rest = parser.Parse(arguments, stopAtOperand: true) ?? ["help"];
        options.Log = new RuntimeLog(log, format, debug);
        options.Log.Check();
        return (options, [.. rest]);
    }
}
