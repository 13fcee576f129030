using System.Text;

namespace ContainerChaos.Runtime;

/// <summary><c>features</c>: what this runtime implements, as JSON (runtime-spec, features).</summary>
internal static class FeaturesCommand
{
    internal static int Execute(ReadOnlySpan<string> arguments, string version)
    {
        var parser = new OptionParser("features", "");
        if (parser.Parse(arguments) is not { } operands)
            return 0;
        if (operands.Count > 0)
            throw parser.Misuse($"{operands[0]} is one argument too many");
        RuntimeLog.Write(1, Encoding.UTF8.GetString(RuntimeFeatures.Serialize(version)));
        return 0;
    }
}
