using System.Globalization;
using System.Net;
using ContainerChaos.Runtime;
using ContainerChaos.Supervisor;

namespace ContainerChaos.Engine;

/// <summary>Makes a container's health check of what was asked for and what its image says.</summary>
internal static class HealthCheckResolver
{
    private static readonly TimeSpan s_minimum = TimeSpan.FromMilliseconds(1);

    /// <returns>Null when there is nothing to probe.</returns>
    /// <exception cref="ContainerException">InvalidArgument.</exception>
    public static HealthCheck? Resolve(HealthCheckOptions? options, ImageHealthcheck? image, string subject)
    {
        var asked = options ?? new HealthCheckOptions();
        var probes = new[] { asked.Command is { Count: > 0 } ? "-HealthCmd" : null, asked.Http is null ? null : "-HealthHttp", asked.Tcp is null ? null : "-HealthTcp" }.OfType<string>().ToArray();
        if (probes.Length > 1)
            throw Invalid($"{string.Join(" and ", probes)} are two probes.", subject, "Give one; a command can look at several things.");
        if (asked.None)
        {
            return asked == new HealthCheckOptions { None = true, Headers = asked.Headers }
                ? null
                : throw Invalid("-NoHealthcheck conflicts with the other health options.", subject, "Leave out one or the others.");
        }
        if (asked.Headers.Count > 0 && asked.Http is null)
            throw Invalid("-HealthHeader is for -HealthHttp.", subject, "Give the request with it.");

        var probe = asked.Http is { } http ? Http(http, asked.Headers, subject)
            : asked.Tcp is { } tcp ? Tcp(tcp, subject)
            : Command(asked.Command is { Count: > 0 } command ? Explicit(command) : image?.Test ?? [], subject);
        if (probe is null)
        {
            return asked == new HealthCheckOptions { Headers = asked.Headers, Command = asked.Command } || asked.Command is ["NONE"]
                ? null
                : throw Invalid("The health check has no probe, and the image has none either.", subject, "Give one with -HealthCmd, -HealthHttp or -HealthTcp.");
        }
        return probe with
        {
            Interval = Checked(asked.Interval ?? image?.Interval ?? probe.Interval, s_minimum, "interval", subject),
            Timeout = Checked(asked.Timeout ?? image?.Timeout ?? probe.Timeout, s_minimum, "timeout", subject),
            StartPeriod = Checked(asked.StartPeriod ?? image?.StartPeriod ?? probe.StartPeriod, TimeSpan.Zero, "start period", subject),
            StartInterval = Checked(asked.StartInterval ?? image?.StartInterval ?? probe.StartInterval, s_minimum, "start interval", subject),
            Retries = (asked.Retries ?? image?.Retries ?? probe.Retries) is >= 1 and var retries ? retries : throw Invalid("The health check has fewer than one retry.", subject, "Give 1 or more."),
            OnFailure = asked.OnFailure,
        };
    }

    // As docker's --health-cmd: one text is for the shell.
    private static IReadOnlyList<string> Explicit(IReadOnlyList<string> command) =>
        command[0] is "CMD" or "CMD-SHELL" or "NONE" ? command : command.Count == 1 ? ["CMD-SHELL", command[0]] : ["CMD", .. command];

    private static HealthCheck? Command(IReadOnlyList<string> test, string subject) => test switch
    {
        [] or ["NONE", ..] => null,
        ["CMD", { Length: > 0 }, ..] => new HealthCheck { Kind = HealthCheckKind.Exec, Command = Checked([.. test.Skip(1)], subject) },
        ["CMD-SHELL", { Length: > 0 } line] => new HealthCheck { Kind = HealthCheckKind.Exec, Command = Checked(["/bin/sh", "-c", line], subject) },
        _ => throw Invalid($"The health check '{string.Join(' ', test)}' is none.", subject, "Use CMD and a command, or CMD-SHELL and a line for the shell."),
    };

    private static string[] Checked(string[] command, string subject) =>
        command.Any(argument => argument.Contains('\0')) ? throw Invalid("The health check's command holds a zero byte.", subject, "Leave it out.") : command;

    private static HealthCheck Http(string text, IReadOnlyDictionary<string, string> headers, string subject)
    {
        if (text.StartsWith("https:", StringComparison.OrdinalIgnoreCase))
        {
            throw new ContainerException(ErrorReason.NotSupported, "A health request over TLS is not supported.", subject)
            {
                Remedy = "Use -HealthTcp, or -HealthCmd with a client of the image's.",
            };
        }
        var rest = text.StartsWith("http://", StringComparison.OrdinalIgnoreCase) ? text["http://".Length..] : text;
        var slash = rest.IndexOf('/');
        var (authority, path) = slash < 0 ? (rest, "/") : (rest[..slash], rest[slash..]);
        if (path.Any(letter => letter is <= ' ' or > '~'))
            throw Invalid($"'{path}' is no path of a request.", subject, "Percent-encode what is not a letter, a digit or a mark of a URL.");
        foreach (var (name, value) in headers)
        {
            if (name.Length == 0 || name.Any(letter => letter is <= ' ' or ':' or > '~') || value.Any(letter => letter is '\r' or '\n' or '\0'))
                throw Invalid($"'{name}' is no header line.", subject, "A name has no space and no colon, a value no line break.");
        }
        var (address, port) = EndPoint(authority, 80, text, subject);
        return new HealthCheck { Kind = HealthCheckKind.Http, Address = address, Port = port, Path = path, Headers = headers };
    }

    private static HealthCheck Tcp(string text, string subject)
    {
        var (address, port) = EndPoint(text.StartsWith("tcp://", StringComparison.OrdinalIgnoreCase) ? text["tcp://".Length..] : text, null, text, subject);
        return new HealthCheck { Kind = HealthCheckKind.Tcp, Address = address, Port = port };
    }

    /// <summary><c>8080</c>, <c>:8080</c>, <c>127.0.0.1:8080</c>, <c>[::1]:8080</c>, <c>localhost:8080</c>, or an address alone where there is a default port.</summary>
    private static (string Address, int Port) EndPoint(string text, int? defaultPort, string whole, string subject)
    {
        var colon = text.EndsWith(']') ? -1 : text.LastIndexOf(':');
        var isPort = colon < 0 && text.Length > 0 && text.All(char.IsAsciiDigit);
        var host = colon >= 0 ? text[..colon] : isPort ? "" : text;
        var number = colon >= 0 ? text[(colon + 1)..] : isPort ? text : "";
        var address = host switch { "" or "localhost" => "127.0.0.1", ['[', .. var inner, ']'] => inner, _ => host };
        var port = defaultPort ?? 0;
        if ((number.Length > 0 && !int.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out port)) || port is < 1 or > 65535 || !IPAddress.TryParse(address, out var parsed))
            throw Invalid($"'{whole}' is no place to probe.", subject, "Use a port such as 8080, or an address of the container and a port such as 127.0.0.1:8080; names are not looked up.");
        return (parsed.ToString(), port);
    }

    private static TimeSpan Checked(TimeSpan time, TimeSpan minimum, string name, string subject) =>
        time >= minimum && time <= TimeSpan.FromDays(365) ? time : throw Invalid($"The health check's {name} of {time} is out of range.", subject, $"Give {(minimum > TimeSpan.Zero ? "1 ms" : "0 s")} to a year.");

    private static ContainerException Invalid(string message, string subject, string remedy) => new(ErrorReason.InvalidArgument, message, subject) { Remedy = remedy };
}
