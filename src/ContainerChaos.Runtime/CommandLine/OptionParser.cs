namespace ContainerChaos.Runtime;

/// <summary>
/// The options of one command, as runc and crun take them: <c>--name value</c>, <c>--name=value</c>, <c>-n value</c>,
/// clustered one-letter switches, and <c>--</c>.
/// </summary>
/// <remarks>
/// What follows the container's id of an exec is a command with options of its own, which a parser that sorts options
/// and operands for itself can't leave alone; that is why this is not System.CommandLine (docs/decisions/0040).
/// </remarks>
internal sealed class OptionParser
{
    private readonly string _command;
    private readonly string _operands;
    private readonly List<Option> _options = [];

    /// <param name="command">The verb.</param>
    /// <param name="operands">The operands, as the usage line shows them.</param>
    internal OptionParser(string command, string operands)
    {
        _command = command;
        _operands = operands;
    }

    /// <summary>Adds a switch.</summary>
    /// <param name="names">Its names, such as <c>--detach|-d</c>.</param>
    /// <param name="description">One line of help.</param>
    /// <param name="set">Called with true, or with what <c>--name=false</c> says.</param>
    internal OptionParser Switch(string names, string description, Action<bool> set)
    {
        _options.Add(new Option(names.Split('|'), description, null, text => set(text is not ("false" or "0"))));
        return this;
    }

    /// <summary>Adds an option with a value; one that may be given several times is called for each.</summary>
    /// <param name="names">Its names.</param>
    /// <param name="value">What stands for the value in the help: FILE.</param>
    /// <param name="description">One line of help.</param>
    /// <param name="set">Called with the value.</param>
    internal OptionParser Value(string names, string value, string description, Action<string> set)
    {
        _options.Add(new Option(names.Split('|'), description, value, set));
        return this;
    }

    /// <summary>Parses what follows the verb.</summary>
    /// <param name="arguments">The arguments.</param>
    /// <param name="stopAtOperand">Whether everything behind the first operand is an operand (the options of another command).</param>
    /// <returns>The operands; null when help was asked for and printed.</returns>
    internal List<string>? Parse(ReadOnlySpan<string> arguments, bool stopAtOperand = false)
    {
        var operands = new List<string>();
        for (var i = 0; i < arguments.Length; i++)
        {
            var argument = arguments[i];
            if (argument == "--" || (stopAtOperand && operands.Count > 0))
            {
                operands.AddRange(arguments[(argument == "--" ? i + 1 : i)..]);
                break;
            }
            if (argument is "--help" or "-h" && Find("-h") is null)
            {
                RuntimeLog.Write(1, Help());
                return null;
            }
            if (argument.Length < 2 || argument[0] != '-')
            {
                operands.Add(argument);
                continue;
            }
            if (Find(argument.Split('=', 2)[0]) is { } option)
            {
                var inline = argument.Split('=', 2) is [_, var given] ? given : null;
                if (option.ValueName is null)
                    option.Set(inline ?? "true");
                else
                    option.Set(inline ?? (++i < arguments.Length ? arguments[i] : throw Misuse($"{argument} needs a value")));
                continue;
            }
            if (!TryCluster(argument, arguments, ref i))
                throw Misuse($"unknown option {argument}");
        }
        return operands;
    }

    /// <summary>The one operand of a command that takes a container's id.</summary>
    internal string Id(IReadOnlyList<string> operands) => operands.Count == 1
        ? operands[0]
        : throw Misuse(operands.Count == 0 ? "the container's id is missing" : $"{operands[1]} is one argument too many");

    internal ContainerException Misuse(string what) => new(ErrorReason.InvalidArgument, $"{_command}: {what}.", _command) { Remedy = $"Usage: {Usage()}" };

    /// <summary>What this program was called as: a client may have it under the name of another runtime.</summary>
    internal static string ProgramName => Path.GetFileName(Environment.GetCommandLineArgs()[0]);

    private string Usage() => $"{ProgramName} [OPTION...] {_command} {_operands}";

    private string Help()
    {
        var text = new System.Text.StringBuilder($"NAME:\n   {ProgramName} {_command}\n\nUsage: {Usage()}\n\n");
        foreach (var option in _options)
        {
            var names = string.Join(", ", option.Names.OrderBy(n => n.Length)) + (option.ValueName is { } value ? "=" + value : "");
            text.Append($"  {names,-34} {option.Description}\n");
        }
        return text.ToString();
    }

    /// <summary><c>-it</c>, or <c>-u1000</c>.</summary>
    private bool TryCluster(string argument, ReadOnlySpan<string> arguments, ref int index)
    {
        if (argument.StartsWith("--", StringComparison.Ordinal))
            return false;
        for (var i = 1; i < argument.Length; i++)
        {
            if (Find("-" + argument[i]) is not { } option)
                return false;
            if (option.ValueName is null)
            {
                option.Set("true");
                continue;
            }
            option.Set(i + 1 < argument.Length ? argument[(i + 1)..] : ++index < arguments.Length ? arguments[index] : throw Misuse($"-{argument[i]} needs a value"));
            return true;
        }
        return true;
    }

    private Option? Find(string name) => _options.Find(option => option.Names.Contains(name));

    private sealed record Option(string[] Names, string Description, string? ValueName, Action<string> Set);
}
