using System.Collections;
using System.Management.Automation;
using System.Management.Automation.Language;

namespace ContainerChaos.PowerShell;

/// <summary>Tab completion from what exists right now. A completer that fails completes nothing: Tab is no place for an error.</summary>
public abstract class LiveCompleter : IArgumentCompleter
{
    /// <summary>Completes an argument.</summary>
    /// <param name="commandName">The cmdlet that is being written.</param>
    /// <param name="parameterName">The parameter.</param>
    /// <param name="wordToComplete">What is typed so far, perhaps with an opening quote.</param>
    /// <param name="commandAst">The command as parsed.</param>
    /// <param name="fakeBoundParameters">The arguments before this one.</param>
    public IEnumerable<CompletionResult> CompleteArgument(
        string commandName, string parameterName, string wordToComplete, CommandAst commandAst, IDictionary fakeBoundParameters)
    {
        var prefix = (wordToComplete ?? "").Trim('\'', '"');
        try
        {
            return [.. Complete(commandName, prefix)];
        }
        catch (Exception e) when (e is not (OutOfMemoryException or PipelineStoppedException))
        {
            return [];
        }
    }

    /// <summary>The completions, best first.</summary>
    private protected abstract IEnumerable<CompletionResult> Complete(string command, string prefix);

    /// <summary>One completion.</summary>
    private protected static CompletionResult Result(string text, string toolTip) =>
        new(text, text, CompletionResultType.ParameterValue, toolTip);

    /// <summary>Whether a candidate begins with what is typed.</summary>
    private protected static bool Begins(string candidate, string prefix) =>
        candidate.StartsWith(prefix, StringComparison.OrdinalIgnoreCase);
}
