using System.Net;
using System.Text.RegularExpressions;
using ContainerChaos.Linux;
using ContainerChaos.Runtime;
using ContainerChaos.Supervisor;

namespace ContainerChaos.Engine;

/// <summary>Checks what can be checked of a container before anything of it is written.</summary>
internal static partial class ContainerCreateOptionsCheck
{
    /// <exception cref="ContainerException">InvalidName, InvalidArgument, LimitTooLow.</exception>
    public static void Check(ContainerCreateOptions options)
    {
        var subject = options.Name ?? options.Image;
        if (options.Name is { } name)
            ContainerName.Check(name);
        if (string.IsNullOrWhiteSpace(options.Image))
            EngineErrors.Throw(ErrorReason.InvalidArgument, "The image is empty.", subject, "Name an image; 'target' is built in.");
        ContainerLimitsCheck.Check(options.Limits, subject);
        if (options is { PidsLimit: 1, Init: true })
            EngineErrors.Throw(ErrorReason.LimitTooLow, "The pids limit 1 has no room for the init and its command.", subject, "Give at least 2, or leave out -Init.");
        if (options.ShmSizeBytes is { } size && (size <= 0 || options.Ipc is not (null or "" or "private" or "shareable")))
            throw EngineErrors.Option("ShmSize", size, size <= 0 ? "is no size" : $"is about a /dev/shm of its own, which with -Ipc {options.Ipc} there is not", subject, "Give a size such as 128m, or leave it out.");
        if (options.OomScoreAdj is < -1000 or > 1000)
            throw EngineErrors.Option("OomScoreAdj", options.OomScoreAdj, "is not between -1000 and 1000", subject, "Give a number from -1000 (never killed) to 1000 (first of all).");
        NamespaceMode.Check(options, subject);
        CheckNetworkFiles(options, subject);
        SysctlArgument.Check(options.Sysctl, options.Network == "host", options.Ipc == "host", subject);
        if (options.DeviceCgroupRules.Count > 0 && OrdinaryUser.Maps is not null)
            throw EngineErrors.Option("DeviceCgroupRule", options.DeviceCgroupRules[0], "is for root alone: in a user namespace no device can be opened but those that are bound in", subject, "Leave it out, and name devices with -Device.", ErrorReason.NotSupported);
        if (FileSystemCalls.Expand(options.FaultPoints).FirstOrDefault(call => !SystemCallTable.IsKnown(call)) is { } unknown)
            throw EngineErrors.Option("FaultPoint", unknown, "is no system call of Linux", subject, $"Name calls as the manual does (syscalls(2)), or {FileSystemCalls.Group}.");
        if (options.FaultPoints.Count > 0 && OwnIdentity.User != 0)
            throw EngineErrors.Option("FaultPoint", options.FaultPoints[0], "is for root alone: the kernel lets an ordinary user's monitor take no descriptor from a container that starts", subject, "Leave it out.", ErrorReason.NotSupported);
        foreach (var (key, value) in options.Env)
        {
            if (key.Contains('='))
                EngineErrors.Throw(ErrorReason.InvalidArgument, $"The variable name '{key}' holds a '='.", subject, "Give name and value apart.");
            EnvironmentVariables.Check($"{key}={value}", subject);
        }

        foreach (var label in options.Labels.Keys)
        {
            if (string.IsNullOrWhiteSpace(label))
                EngineErrors.Throw(ErrorReason.InvalidArgument, "A label has an empty name.", subject, "Give each label a name.");
        }

        if (options.WorkingDirectory is { } directory && !directory.StartsWith('/'))
            EngineErrors.Throw(ErrorReason.InvalidArgument, $"The working directory '{directory}' is not an absolute path.", subject, "Begin it with a slash.");
        // hostname(7): labels of letters, digits and hyphens, 64 characters at most on Linux.
        if (options.Hostname is { } hostname && !Hostname().IsMatch(hostname))
            EngineErrors.Throw(ErrorReason.InvalidArgument, $"'{hostname}' is not a host name.", subject, "Use letters, digits, '-' and '.', at most 64 of them.");
        if (options.Domainname is { } domain && !Hostname().IsMatch(domain))
            throw EngineErrors.Option("Domainname", domain, "is no name of a domain", subject, "Use letters, digits, '-' and '.', at most 64 of them.");
        if (options is { AutoRemove: true, RestartPolicy.Kind: not RestartPolicyKind.No })
            EngineErrors.Throw(ErrorReason.InvalidArgument, $"A container that is removed at its end can't have the restart policy {options.RestartPolicy}.", subject, "Leave out one of -AutoRemove and -RestartPolicy.");
        if (options.StopSignal is { } signal)
            SignalArgument.Parse(signal, subject);
        if (options.StopTimeout is { } timeout && timeout < TimeSpan.Zero)
            EngineErrors.Throw(ErrorReason.InvalidArgument, "The stop timeout is negative.", subject, "Give 0 or more seconds.");
        if (options.Log.MaxSizeBytes < 0 || options.Log.MaxFiles < 1)
            EngineErrors.Throw(ErrorReason.InvalidArgument, "The log's limits are out of range.", subject, "Give a size of 0 or more and at least one file.");
    }

    // moby, runconfig/hostconfig_unix.go: what is another container's can't be changed from here.
    private static void CheckNetworkFiles(ContainerCreateOptions options, string subject)
    {
        foreach (var server in options.DnsServers)
        {
            if (!IPAddress.TryParse(server, out _))
                throw EngineErrors.Option("Dns", server, "is no address of a name server", subject, "Give an address, such as 10.0.0.1 or fd00::53.");
        }
        foreach (var (option, words) in (ReadOnlySpan<(string, IReadOnlyList<string>)>)[("DnsSearch", options.DnsSearch), ("DnsOption", options.DnsOptions)])
        {
            if (words.FirstOrDefault(word => word.Length == 0 || word.Any(char.IsWhiteSpace)) is { } blank)
                throw EngineErrors.Option(option, blank, "is empty or has a blank in it", subject, option == "DnsSearch" ? "Give a domain each, or . for none." : "Give an option each, such as ndots:1.");
        }
        foreach (var host in options.ExtraHosts)
        {
            if (ExtraHostArgument.Parse(host, subject).EndsWith(":" + NetworkFiles.HostGateway, StringComparison.Ordinal) && options.Network == "none")
                throw EngineErrors.Option("AddHost", host, "names the host, which can't be reached from the network none", subject, "Give the container a network.");
        }
        if (options.Network?.StartsWith("container:", StringComparison.Ordinal) != true)
            return;
        foreach (var (option, value) in (ReadOnlySpan<(string, string?)>)
            [
                ("Dns", options.DnsServers.FirstOrDefault()), ("DnsSearch", options.DnsSearch.FirstOrDefault()), ("DnsOption", options.DnsOptions.FirstOrDefault()),
                ("AddHost", options.ExtraHosts.FirstOrDefault()), ("Hostname", options.Hostname),
            ])
        {
            if (value is not null)
                throw EngineErrors.Option(option, value, $"does not go with -Network {options.Network}: its files are that container's", subject, "Give it when that container is made.");
        }
    }

    [GeneratedRegex(@"\A(?=.{1,64}\z)[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?(?:\.[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?)*\z")]
    private static partial Regex Hostname();
}
