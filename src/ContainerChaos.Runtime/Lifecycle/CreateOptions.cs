namespace ContainerChaos.Runtime;

/// <summary>What <c>create</c> and <c>run</c> are told.</summary>
internal sealed record CreateOptions
{
    internal string Id { get; set; } = "";

    internal string Bundle { get; set; } = ".";

    internal string Config { get; set; } = "config.json";

    internal string? PidFile { get; set; }

    internal string? ConsoleSocket { get; set; }

    internal string? PidFdSocket { get; set; }

    internal bool NoPivot { get; set; }

    internal bool NoNewKeyring { get; set; }

    internal int PreservedDescriptors { get; set; }

    internal bool Detach { get; set; }

    internal bool Keep { get; set; }

    /// <summary>Whether a foreground run passes on what the container's terminal shows.</summary>
    internal bool RelaysTerminal => !Detach && ConsoleSocket is null;

    /// <summary>The options that both verbs have.</summary>
    internal static OptionParser Parser(string command, CreateOptions options) => new OptionParser(command, "CONTAINER")
        .Value("--bundle|-b", "DIR", "the bundle's directory (default: here)", v => options.Bundle = v)
        .Value("--config|-f", "FILE", "the config's name in the bundle (default: config.json)", v => options.Config = v)
        .Value("--pid-file", "FILE", "where the first process's PID is written", v => options.PidFile = v)
        .Value("--console-socket", "PATH", "a Unix socket that the terminal's master is sent to", v => options.ConsoleSocket = v)
        .Value("--preserve-fds", "N", "descriptors from 3 on that the container keeps", v => options.PreservedDescriptors = Number("--preserve-fds", v))
        .Value("--pidfd-socket", "PATH", "a Unix socket that a descriptor of the first process is sent to", v => options.PidFdSocket = v)
        .Switch("--no-pivot", "enter the root by chroot(2), for a root that is an initramfs", v => options.NoPivot = v)
        .Switch("--no-new-keyring", "stay in the caller's session keyring", v => options.NoNewKeyring = v)
        .Switch("--no-subreaper", "accepted for compatibility: children are never adopted", _ => { });

    internal static int Number(string option, string text) => int.TryParse(text, out var number) && number >= 0
        ? number
        : throw new ContainerException(ErrorReason.InvalidArgument, $"{option}: '{text}' is not a number from 0 on.", text);
}
