namespace ContainerChaos.Runtime;

/// <summary><c>list</c>: the containers of this root.</summary>
internal static class ListCommand
{
    internal static int Execute(GlobalOptions global, ReadOnlySpan<string> arguments)
    {
        var (quiet, format) = (false, "table");
        var parser = new OptionParser("list", "")
            .Switch("--quiet|-q", "ids only", v => quiet = v)
            .Value("--format|-f", "table|json", "the output's format", v => format = v);
        if (parser.Parse(arguments) is not { } operands)
            return 0;
        if (operands.Count > 0)
            throw parser.Misuse($"{operands[0]} is one argument too many");
        if (format is not ("table" or "json"))
            throw new ContainerException(ErrorReason.InvalidArgument, $"--format: '{format}' is neither table nor json.", format);

        var containers = global.Store.All().Select(c => c.Document()).ToArray();
        if (quiet)
            RuntimeLog.Write(1, string.Concat(containers.Select(c => c.Id + "\n")));
        else if (format == "json")
            RuntimeLog.Write(1, $"{new JsonText(indented: false).List(list => Array.ForEach(containers, container => list.Object(container.Write)))}\n");
        else
            RuntimeLog.Write(1, TextTable.Format(["ID", "PID", "STATUS", "BUNDLE", "CREATED", "OWNER"], containers.Select(c => new[]
            {
                c.Id, c.Pid.ToString(), c.Status, c.Bundle, c.Created?.ToString("yyyy-MM-ddTHH:mm:ss.fffffffZ") ?? "", c.Owner ?? "",
            })));
        return 0;
    }
}
