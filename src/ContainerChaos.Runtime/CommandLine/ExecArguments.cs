using System.Globalization;

namespace ContainerChaos.Runtime;

/// <summary>What <c>exec</c> is told, and the process that it makes of it.</summary>
internal sealed class ExecArguments
{
    private readonly List<string> _env = [];
    private readonly List<string> _capabilities = [];
    private readonly List<uint> _groups = [];
    private string? _user;
    private string? _cwd;
    private string? _apparmor;
    private string? _label;
    private bool _terminal;
    private bool _noNewPrivileges;

    internal string? ProcessFile { get; private set; }

    internal string? PidFile { get; private set; }

    internal string? ConsoleSocket { get; private set; }

    internal List<string> Cgroups { get; } = [];

    internal string? PidFdSocket { get; private set; }

    internal bool Detach { get; private set; }

    internal bool IgnorePaused { get; private set; }

    internal bool NoNewKeyring { get; private set; }

    internal int PreservedDescriptors { get; private set; }

    internal OptionParser Parser() => new OptionParser("exec", "CONTAINER cmd [ARGUMENT...]")
        .Value("--process|-p", "FILE", "the process as the runtime-spec has it", v => ProcessFile = v)
        .Switch("--detach|-d", "leave the command running in the background", v => Detach = v)
        .Switch("--tty|-t", "give it a terminal", v => _terminal = v)
        .Value("--user|-u", "UID[:GID]", "who runs it", v => _user = v)
        .Value("--additional-gids|-g", "GID", "a supplementary group", v => _groups.Add(Id("--additional-gids", v)))
        .Value("--env|-e", "NAME=VALUE", "an environment variable", _env.Add)
        .Value("--cwd|-w", "DIR", "its working directory", v => _cwd = v)
        .Value("--cap|-c", "CAPABILITY", "a capability to add", _capabilities.Add)
        .Switch("--no-new-privs", "execve(2) gives no privileges", v => _noNewPrivileges = v)
        .Value("--apparmor", "PROFILE", "its AppArmor profile", v => _apparmor = v)
        .Value("--process-label", "LABEL", "its SELinux label", v => _label = v)
        .Value("--pid-file", "FILE", "where its PID is written", v => PidFile = v)
        .Value("--console-socket", "PATH", "a Unix socket that the terminal's master is sent to", v => ConsoleSocket = v)
        .Value("--preserve-fds", "N", "descriptors from 3 on that it keeps", v => PreservedDescriptors = CreateOptions.Number("--preserve-fds", v))
        .Value("--cgroup", "[CONTROLLER[,...]:]PATH", "the group below the container's that it runs in", Cgroups.Add)
        .Value("--pidfd-socket", "PATH", "a Unix socket that a descriptor of the process is sent to", v => PidFdSocket = v)
        .Switch("--ignore-paused", "start it in a paused container, too", v => IgnorePaused = v)
        .Switch("--no-new-keyring", "stay in the caller's session keyring", v => NoNewKeyring = v)
        .Switch("--no-subreaper", "accepted for compatibility", _ => { });

    /// <summary>The container's own process with what was asked for in its place; with --process, that file's.</summary>
    internal ProcessSpec Process(RuntimeSpec spec, IEnumerable<string> command)
    {
        var template = spec.Process ?? new ProcessSpec();
        var process = ProcessFile is { } file ? RuntimeSpecJson.ReadProcess(file) : template with { Args = [.. command], Terminal = false, ConsoleSize = null };
        return process with
        {
            Terminal = process.Terminal || _terminal,
            User = User(process.User),
            Env = Merge(process.Env),
            Cwd = _cwd ?? process.Cwd,
            NoNewPrivileges = process.NoNewPrivileges || _noNewPrivileges,
            ApparmorProfile = _apparmor ?? process.ApparmorProfile,
            SelinuxLabel = _label ?? process.SelinuxLabel,
            Capabilities = Add(process.Capabilities),
        };
    }

    private UserSpec User(UserSpec user)
    {
        if (_user is { } text)
        {
            var parts = text.Split(':', 2);
            user = user with { Uid = Id("--user", parts[0]), Gid = parts.Length > 1 ? Id("--user", parts[1]) : user.Gid };
        }
        return _groups.Count > 0 ? user with { AdditionalGids = [.. user.AdditionalGids, .. _groups] } : user;
    }

    private CapabilitiesSpec? Add(CapabilitiesSpec? sets)
    {
        if (_capabilities.Count == 0)
            return sets;
        sets ??= new CapabilitiesSpec();
        return new CapabilitiesSpec
        {
            Bounding = [.. sets.Bounding, .. _capabilities],
            Effective = [.. sets.Effective, .. _capabilities],
            Permitted = [.. sets.Permitted, .. _capabilities],
            Inheritable = sets.Inheritable,
            // Only what is inheritable can be ambient, and only that survives an execve(2) of a user other than root.
            Ambient = sets.Inheritable.Count > 0 ? [.. sets.Ambient, .. _capabilities] : sets.Ambient,
        };
    }

    /// <summary>A variable that is given takes the place of the container's: of two with one name, programs find the first.</summary>
    private List<string> Merge(IReadOnlyList<string> variables)
    {
        var merged = new List<string>(variables);
        foreach (var variable in _env)
        {
            var name = variable.Split('=', 2)[0] + "=";
            merged.RemoveAll(known => known.StartsWith(name, StringComparison.Ordinal));
            merged.Add(variable);
        }
        return merged;
    }

    private static uint Id(string option, string text) => uint.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var id)
        ? id
        : throw new ContainerException(ErrorReason.InvalidArgument, $"{option}: '{text}' is not a numeric id.", text);
}
