using ContainerChaos.Target.Http;

namespace ContainerChaos.Target.Commands;

/// <summary>The command line of <c>serve</c>.</summary>
internal sealed class ServeOptions
{
    /// <summary>Where to listen.</summary>
    public List<Endpoint> Endpoints { get; } = [];

    public TermAction TermAction { get; private set; }

    /// <summary>How long after SIGTERM it goes on serving.</summary>
    public TimeSpan TermDelay { get; private set; }

    /// <summary>How long after SIGTERM clients may take to leave; zero for not at all.</summary>
    public TimeSpan Drain { get; private set; }

    /// <summary>Start the service as a child.</summary>
    public bool ForkApp { get; private set; }

    /// <summary>Reads the arguments after <c>serve</c>.</summary>
    /// <exception cref="UsageException">One of them makes no sense.</exception>
    public static ServeOptions Parse(ReadOnlySpan<string> arguments)
    {
        var options = new ServeOptions();
        for (int i = 0; i < arguments.Length; i++)
        {
            switch (arguments[i])
            {
                case "--port":
                    options.Endpoints.Add(Endpoint.Tcp((int)Arguments.Number(arguments, ++i, "--port", 0, 65535)));
                    break;
                case "--unix":
                    options.Endpoints.Add(Endpoint.Unix(Arguments.Value(arguments, ++i, "--unix")));
                    break;
                case "--ignore-term":
                    options.TermAction = TermAction.Ignore;
                    break;
                case "--no-handler":
                    options.TermAction = TermAction.Default;
                    break;
                case "--term-delay":
                    options.TermDelay = Arguments.Duration(Arguments.Value(arguments, ++i, "--term-delay"));
                    break;
                case "--drain":
                    options.Drain = Arguments.Duration(Arguments.Value(arguments, ++i, "--drain"));
                    break;
                case "--fork-app":
                    options.ForkApp = true;
                    break;
                default:
                    throw new UsageException($"serve: unknown option '{arguments[i]}'");
            }
        }

        if (options.Endpoints.Count == 0) options.Endpoints.Add(Endpoint.Tcp(8080));
        return options;
    }
}
